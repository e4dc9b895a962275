/* A halted agent goes on only by an operator's word. The running agent holds the spool, so the word is a small file
 * beside it, taken by the agent; with no agent running it is done in place. */
#ifndef DUBAN_COLLECTOR_RESUME_H
#define DUBAN_COLLECTOR_RESUME_H

#include "services/collector/settings.h"

/* What halted it, and what to do before going on: Chinese. Never NULL. */
const char *resume_words(enum halt_reason reason);
/* What the centre must let in first: `duban stream reopen NAME`. */
bool resume_wants_reopening(enum halt_reason reason);
/* Not halted, and yet it does not come through: the status file's "uplink" in Chinese, with what to ask for. */
const char *resume_trouble_words(const char *trouble);
/* The agent's side: true when an operator has asked; the request is taken away. */
bool resume_asked(const struct settings *settings);

/* The command `duban-collector resume --config FILE [--gen N] [--yes]`. Exit status. */
int resume_main(int argc, char **argv);

#endif
