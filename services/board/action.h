/* An action's body, read: which members each verb takes, and what common/desk is asked by them. Pure. */
#ifndef DUBAN_BOARD_ACTION_H
#define DUBAN_BOARD_ACTION_H

#include <jansson.h>

#include "common/desk/desk.h"
#include "services/board/problem.h"

enum { ACTION_DIGEST_BYTES = 32, ACTION_TEXT_MAX = 2000 /* bytes of one member */ };

struct action {
    struct desk_request request; /* borrows from the body and from here; by, now, sees are the caller's to fill in */
    const char *subject[2];
};
/* false with *problem set: unknown-resource (no such verb), bad-field. */
bool action_read(const char *verb, const json_t *body, struct action *out, struct problem *problem);
/* What an Idempotency-Key stands for: the verb and the members, in whatever order they were written. false: no memory.
 */
bool action_digest(const char *verb, const json_t *body, uint8_t out[ACTION_DIGEST_BYTES]);
/* 1 to 79 visible characters of ASCII. */
bool action_key_is_good(const char *key);
/* "T06.1 510823": of the record. */
void action_subject(const struct action *action, struct buffer *out);
/* What an error of the desk is to who asked. */
void action_problem(const struct desk_case *one, const struct error *err, struct problem *problem);

#endif
