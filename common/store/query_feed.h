/* Files as the agents took them (projection of receipt events), for reading. Texts are borrowed from the rows. */
#ifndef DUBAN_STORE_QUERY_FEED_H
#define DUBAN_STORE_QUERY_FEED_H

#include "common/store/stream.h"

struct feed_file {
    int64_t id; /* "F1187" */
    int32_t stream, log;
    int64_t seq;
    const char *stream_name, *file, *feed, *period; /* feed, period: "" = none */
    struct instant known_at, reported_at;
    int64_t taken, unchanged, held, refused;
    const char *refusals; /* JSON [[place, code, text], …], the first ten */
};
struct feed_files {
    struct feed_file *items;
    size_t count;
    struct pg_rows rows;
};

enum feed_choice {
    FEED_ALL,  /* newest first */
    FEED_LAST, /* the newest of each stream, by stream */
};
/* Known at `known_at` or before. programme 0 = all. *out is initialised either way. */
__attribute__((warn_unused_result)) enum error_code query_files(struct pg *pg, int32_t programme,
                                                                struct instant known_at, enum feed_choice choice,
                                                                struct feed_files *out, struct error *err);
void feed_files_finish(struct feed_files *files);
/* For other lists of files: what to select ($1 programme or 0, $2 instant; more conditions may follow), and how to take
 * a row of it. */
#define FEED_FILE_SQL                                                                                                  \
    "f.id, f.stream, f.log, f.seq, s.name, f.file, f.feed, f.period, f.known_at, f.reported_at, f.taken, "             \
    "f.unchanged, f.held, f.refused, f.refusals::text FROM file_receipt f JOIN stream s ON s.id = f.stream "           \
    "WHERE ($1 = 0 OR s.programme = $1) AND f.known_at <= $2 "
struct feed_file feed_file_take(const struct pg_rows *rows, size_t row);
const struct feed_file *feed_files_of(const struct feed_files *files, int32_t stream); /* the first; NULL */

/* How far a stream had come at an instant: of the log that was then the newest. */
struct feed_positions {
    struct feed_position {
        int32_t stream;
        int64_t last_seq;
        struct instant known_at;
    } * items; /* by stream */
    size_t count;
};
__attribute__((warn_unused_result)) enum error_code query_positions(struct pg *pg, struct instant known_at,
                                                                    struct feed_positions *out, struct error *err);
void feed_positions_finish(struct feed_positions *positions);
const struct feed_position *feed_positions_of(const struct feed_positions *positions, int32_t stream); /* NULL */

/* What the receipt's own event says beside the projection: who sent it, what he is to be told of the file (changed old
 * figures, lost counties, sums that differ). Borrowed from the rows. */
struct feed_receipt {
    const char *reporter, *document, *note; /* "" = none */
    struct pg_rows rows;
};
__attribute__((warn_unused_result)) enum error_code query_receipt(struct pg *pg, const struct feed_file *file,
                                                                  struct feed_receipt *out, struct error *err);
void feed_receipt_finish(struct feed_receipt *receipt);

/* What only the stored row knows of an event: its file's hash, and the chain's head of the batch it came in. */
struct event_origin {
    bool found, has_hash;
    uint8_t hash[EVENT_HASH_BYTES];
    struct chain_hash head; /* of the batch it came in */
    bool has_head;
};
__attribute__((warn_unused_result)) enum error_code query_origin(struct pg *pg, int32_t log, int64_t seq,
                                                                 struct instant known_at, struct event_origin *out,
                                                                 struct error *err);

#endif
