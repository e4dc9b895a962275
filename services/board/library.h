/* From what was asked for to bytes: which maker makes a document, and how it is written. */
#ifndef DUBAN_BOARD_LIBRARY_H
#define DUBAN_BOARD_LIBRARY_H

#include "services/board/document.h"
#include "services/board/route.h"
#include "services/board/snapshot.h"

/* NULL with *problem set (and *err: what the database or memory said; ERROR_OK when it was the question's fault). pg: in
 * the transaction of the facts, which may get events from it. */
struct rendering *library_make(struct facts *facts, const struct scope *scope, const struct ask *ask, struct pg *pg,
                               struct problem *problem, struct error *err);
/* The same document, saying since when it is not up to date any more. NULL: out of memory, or it says so already. */
struct rendering *library_stale(const struct rendering *rendering, struct instant since);

#endif
