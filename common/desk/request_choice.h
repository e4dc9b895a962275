/* Which request a decision is about: by its number (E0007, K0004), or the one of TARGET AREA. words: as typed, at least
 * one. */
#ifndef DUBAN_DESK_REQUEST_CHOICE_H
#define DUBAN_DESK_REQUEST_CHOICE_H

#include "common/report/view.h"

/* The extension that waits. *asked NULL: the cell has none waiting (an error where it is `wanted`). One that is decided
 * already is an error that says how to take the decision back. */
__attribute__((warn_unused_result)) enum error_code extension_named(const struct view *view, const char *const *words,
                                                                    size_t count, bool wanted, size_t *cell,
                                                                    const struct extension **asked, struct error *err);
/* The close-out that was claimed. */
__attribute__((warn_unused_result)) enum error_code close_out_named(const struct view *view, const char *const *words,
                                                                    size_t count, const struct close_out **claimed,
                                                                    struct error *err);
/* Whether a cell's task can be closed at all: a level to hold, words and sums cannot. ERROR_USAGE says why. */
__attribute__((warn_unused_result)) enum error_code close_out_possible(const struct view *view, size_t cell,
                                                                       struct error *err);
/* Whether another has to check first: not where the lead itself reports, nor where the office does. */
bool close_out_wants_lead(const struct view *view, size_t cell);

#endif
