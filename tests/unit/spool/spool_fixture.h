/* A spool in a folder of its own, and sample events. */
#ifndef DUBAN_TESTS_SPOOL_FIXTURE_H
#define DUBAN_TESTS_SPOOL_FIXTURE_H

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/spool/spool.h"

struct spool_fixture {
    char folder[64], file[96], stream[33];
    struct spool *spool;
    struct error err;
};

static inline struct spool_fixture spool_fixture_open(const char *stream) {
    struct spool_fixture f = {.folder = "/tmp/duban-spool-XXXXXX"};
    cr_assert_not_null(mkdtemp(f.folder));
    snprintf(f.file, sizeof f.file, "%s/spool.sqlite", f.folder);
    snprintf(f.stream, sizeof f.stream, "%s", stream);
    cr_assert_eq(spool_open(f.file, slice_of(stream), NULL, 0, &f.spool, &f.err), ERROR_OK, "%s", f.err.message);
    return f;
}

static inline void spool_fixture_reopen(struct spool_fixture *f) {
    spool_close(&f->spool);
    cr_assert_eq(spool_open(f->file, slice_of(f->stream), NULL, 0, &f->spool, &f->err), ERROR_OK, "%s", f->err.message);
}

static inline void spool_fixture_close(struct spool_fixture *f) {
    char command[128];
    spool_close(&f->spool);
    snprintf(command, sizeof command, "rm -rf %s", f->folder);
    cr_assert_eq(system(command), 0);
}

static inline size_t sample_event(uint64_t n, uint8_t out[EVENT_BYTES_MAX]) {
    struct event event = {.kind = EVENT_WORDS,
                          .target = slice_of("T07"),
                          .area = slice_of("510800"),
                          .as_of = {18807},
                          .reported_at_ms = 1624982400000 + (int64_t)n,
                          .reporter = slice_of("市两改办"),
                          .note = slice_of("样例文字")};
    memcpy(event.uid, &n, sizeof n);
    size_t len = 0;
    cr_assert_eq(event_encode(&event, out, EVENT_BYTES_MAX, &len), PROTO_OK);
    return len;
}

/* In a transaction of its own, at domain time n; returns its seq. */
static inline uint64_t spool_fixture_append(struct spool_fixture *f, uint64_t n) {
    uint8_t bytes[EVENT_BYTES_MAX];
    uint64_t seq = 0;
    size_t len = sample_event(n, bytes);
    cr_assert_eq(spool_begin(f->spool, &f->err), ERROR_OK, "%s", f->err.message);
    cr_assert_eq(spool_append(f->spool, bytes, len, (struct instant){(int64_t)n}, &seq, &f->err), ERROR_OK, "%s",
                 f->err.message);
    cr_assert_eq(spool_commit(f->spool, &f->err), ERROR_OK, "%s", f->err.message);
    return seq;
}

static inline struct chain_hash spool_fixture_hash(struct spool_fixture *f, uint64_t seq) {
    struct chain_hash hash;
    bool found = false;
    cr_assert_eq(spool_hash(f->spool, seq, &hash, &found, &f->err), ERROR_OK);
    cr_assert(found, "h(%llu)", (unsigned long long)seq);
    return hash;
}

#endif
