/* The thread that reads moments of the past and explanations: one after the other, each statement at most two seconds.
 * The facts of the last moment stay, for the next page of the same look back. */
#ifndef DUBAN_BOARD_PAST_H
#define DUBAN_BOARD_PAST_H

#include "services/board/board.h"

struct past;
__attribute__((warn_unused_result)) enum error_code past_start(struct board *board, struct past **out, struct error *err);
/* After board->stopping was set: ends the thread; jobs that still wait get a problem. Accepts NULL. */
void past_stop(struct past **past);

#endif
