/* One transaction in the making: the batches of many streams, as rows, and what must be answered once it is committed.
 * Two take turns: one is filled while the other is under way. */
#ifndef DUBAN_AGGREGATOR_GROUP_H
#define DUBAN_AGGREGATOR_GROUP_H

#include "common/store/ingest.h"
#include "services/aggregator/check.h"

/* What one stream has in the group. */
struct group_entry {
    int32_t stream;
    char key[KEY_TEXT_MAX];
    bool answer; /* an ACK is owed */
    bool has_status;
    struct ingest_status status;
    char software[MESSAGE_SOFTWARE_MAX + 1];
    /* batches; to_seq 0 = none */
    int32_t log;
    uint64_t gen, from_seq, to_seq;
    struct chain_hash head;
    struct message_rejected rejected[MESSAGE_REJECTED_MAX];
    size_t rejected_listed;
    uint64_t rejected_count;
    bool stream_woken;
};

struct ingest_group {
    struct ingest ingest;
    uint32_t number; /* marks which cells it has touched */
    struct instant known_at;
    struct group_entry **entries; /* one a stream, in the order they came */
    size_t entry_count, entry_capacity;
    struct ingest_current *currents;
    size_t current_count, current_capacity;
    size_t events;
    bool failed; /* out of memory */
};

void group_begin(struct ingest_group *group, uint32_t number, struct instant known_at); /* empties */
/* The clock moved while only STATUSes had come: they are of the later instant. Rows keep the instant they were made at. */
void group_catch_up(struct ingest_group *group, struct instant now);
void group_finish(struct ingest_group *group);
bool group_is_empty(const struct ingest_group *group);
/* A new entry; the caller sees to it that a stream has one at most. NULL without memory. */
struct group_entry *group_add(struct ingest_group *group, int32_t stream);
struct group_entry *group_find(const struct ingest_group *group, int32_t stream); /* NULL */

/* Takes events[skip…) of a batch: each is checked and becomes a row of events or of quarantine. */
struct group_batch {
    const struct stream *stream;
    struct programme_view *programme; /* NULL: no plan */
    int32_t log;
    uint64_t gen, first_seq, last_seq; /* of what is taken */
    struct chain_hash head;
    const struct slice *events; /* what is taken */
    const char *key;
};
void group_take(struct ingest_group *group, struct group_entry *entry, const struct group_batch *batch);

/* The steps of the transaction (group->ingest.steps). false: out of memory. */
__attribute__((warn_unused_result)) bool group_plan(struct ingest_group *group, const char *partition);

#endif
