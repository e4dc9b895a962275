/* The list of keys: who may connect, and for which streams they may speak. The database is its only home; the aggregator
 * holds a snapshot, reloaded on NOTIFY duban_keys. Changes send it. */
#ifndef DUBAN_STORE_KEY_H
#define DUBAN_STORE_KEY_H

#include "common/link/keys.h"
#include "common/store/session.h"
#include "proto/receiver.h"

/* Lets the key speak for the stream (several calls for several streams). A revoked key is not let in again:
 * ERROR_CONFLICT. */
__attribute__((warn_unused_result)) enum error_code key_allow(struct pg *pg, const char *public_key, const char *label,
                                                              int32_t stream, struct instant at, const char *by,
                                                              struct error *err);
/* stream 0 = the key altogether, for ever; else it only loses that stream. ERROR_NOT_FOUND. */
__attribute__((warn_unused_result)) enum error_code key_revoke(struct pg *pg, const char *public_key, int32_t stream,
                                                               struct instant at, const char *by, struct error *err);

struct key_row {
    char public_key[KEY_TEXT_MAX];
    char *label, *allowed_by, *revoked_by; /* heap; revoked_by NULL = not */
    struct instant allowed_at, revoked_at; /* INSTANT_NONE = not revoked */
    int32_t *streams;                      /* ids */
    size_t stream_count;
};
struct key_list {
    struct key_row *items; /* by public key */
    size_t count;
};
__attribute__((warn_unused_result)) enum error_code keys_read(struct pg *pg, struct key_list *out, struct error *err);
extern const char keys_sql[];
__attribute__((warn_unused_result)) enum error_code keys_take(const struct pg_rows *rows, struct key_list *out,
                                                              struct error *err);
void keys_finish(struct key_list *keys);

const struct key_row *keys_find(const struct key_list *keys, const char *public_key); /* NULL */
/* What the list says of key and stream (id). */
enum key_permission keys_permit(const struct key_list *keys, const char *public_key, int32_t stream);

#endif
