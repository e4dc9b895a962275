#include "tests/unit/spool/spool_fixture.h"

Test(outbox, batches_are_bounded_by_events_and_bytes_but_hold_one) {
    struct spool_fixture f = spool_fixture_open("a");
    uint8_t bytes[EVENT_BYTES_MAX];
    size_t len = sample_event(1, bytes);
    for (uint64_t i = 1; i <= 5; i++)
        spool_fixture_append(&f, i);
    struct spool_batch batch;
    cr_assert_eq(spool_read(f.spool, 2, 3, 1 << 20, &batch, &f.err), ERROR_OK);
    cr_assert_eq(batch.count, 3);
    cr_assert_eq(batch.first_seq, 2);
    struct chain_hash before = spool_fixture_hash(&f, 1), last = spool_fixture_hash(&f, 4);
    cr_assert(chain_equal(&before, &batch.before));
    cr_assert(chain_equal(&last, &batch.last));
    cr_assert_eq(batch.items[0].len, sample_event(2, bytes));
    cr_assert_arr_eq(batch.items[0].ptr, bytes, batch.items[0].len);
    cr_assert_eq(spool_read(f.spool, 1, 100, 2 * len, &batch, &f.err), ERROR_OK);
    cr_assert_eq(batch.count, 2);
    cr_assert_eq(spool_read(f.spool, 1, 100, 1, &batch, &f.err), ERROR_OK);
    cr_assert_eq(batch.count, 1, "at least one");
    cr_assert_eq(spool_read(f.spool, 6, 100, 1000, &batch, &f.err), ERROR_OK);
    cr_assert_eq(batch.count, 0, "there is no sixth");
    spool_fixture_close(&f);
}

Test(outbox, a_large_batch_lends_stable_bytes) {
    struct spool_fixture f = spool_fixture_open("a");
    uint8_t bytes[EVENT_BYTES_MAX];
    cr_assert_eq(spool_begin(f.spool, &f.err), ERROR_OK);
    for (uint64_t i = 1; i <= 3000; i++)
        cr_assert_eq(spool_append(f.spool, bytes, sample_event(i, bytes), (struct instant){1}, NULL, &f.err), ERROR_OK);
    cr_assert_eq(spool_commit(f.spool, &f.err), ERROR_OK);
    struct spool_batch batch;
    cr_assert_eq(spool_read(f.spool, 1, 3000, 1 << 20, &batch, &f.err), ERROR_OK);
    cr_assert_eq(batch.count, 3000);
    struct chain_hash head = batch.before;
    for (size_t i = 0; i < batch.count; i++)
        head = chain_append(&head, (const uint8_t *)batch.items[i].ptr, batch.items[i].len);
    cr_assert(chain_equal(&head, &batch.last));
    spool_fixture_close(&f);
}

Test(outbox, gen_halt_and_position_are_durable) {
    struct spool_fixture f = spool_fixture_open("a");
    spool_fixture_append(&f, 1);
    spool_fixture_append(&f, 2);
    struct chain_hash one = spool_fixture_hash(&f, 1);
    cr_assert_eq(spool_store_gen(f.spool, 41, &f.err), ERROR_OK);
    cr_assert_eq(spool_set_acked(f.spool, 1, &one, &f.err), ERROR_OK);
    cr_assert_eq(spool_set_halt(f.spool, HALT_FENCED, 77, &f.err), ERROR_OK);
    uint64_t pending = spool_state(f.spool)->pending_bytes, kept = spool_state(f.spool)->kept_bytes;
    spool_fixture_reopen(&f);
    const struct spool_state *state = spool_state(f.spool);
    cr_assert_eq(state->gen, 41);
    cr_assert_eq(state->acked_seq, 1);
    cr_assert(chain_equal(&one, &state->acked_hash));
    cr_assert_eq(state->halt, HALT_FENCED);
    cr_assert_eq(state->halt_gen, 77);
    cr_assert_eq(state->pending_bytes, pending, "counted the same when read anew");
    cr_assert_eq(state->kept_bytes, kept);
    cr_assert_gt(kept, 0);
    /* a restored centre takes the position back */
    struct chain_hash zero = {0};
    cr_assert_eq(spool_set_acked(f.spool, 0, &zero, &f.err), ERROR_OK);
    cr_assert_eq(spool_state(f.spool)->kept_bytes, 0);
    cr_assert_neq(spool_set_acked(f.spool, 3, &zero, &f.err), ERROR_OK, "beyond the end");
    spool_fixture_close(&f);
}

Test(outbox, the_centres_base_is_adopted_once) {
    struct spool_fixture f = spool_fixture_open("a");
    uint8_t bytes[EVENT_BYTES_MAX];
    spool_fixture_append(&f, 1);
    spool_fixture_append(&f, 2);
    struct chain_hash old_head = {{7}};
    struct chain_hash base = chain_start(slice_of("a"), &spool_state(f.spool)->epoch, &old_head);
    cr_assert_eq(spool_adopt_base(f.spool, &base, &f.err), ERROR_OK);
    struct chain_hash one = chain_append(&base, bytes, sample_event(1, bytes));
    struct chain_hash two = chain_append(&one, bytes, sample_event(2, bytes));
    struct chain_hash stored = spool_fixture_hash(&f, 1);
    cr_assert(chain_equal(&one, &stored));
    spool_fixture_reopen(&f);
    cr_assert(chain_equal(&two, &spool_state(f.spool)->head));
    cr_assert_eq(spool_set_acked(f.spool, 1, &one, &f.err), ERROR_OK);
    cr_assert_neq(spool_adopt_base(f.spool, &one, &f.err), ERROR_OK);
    spool_fixture_close(&f);
}

/* Kept for the centre's restore window, then trimmed from the front; never what is not acknowledged. */
Test(outbox, acknowledged_events_are_kept_by_age) {
    struct spool_fixture f = spool_fixture_open("a");
    spool_close(&f.spool);
    struct spool_limits limits = {.keep_ms = 1000};
    cr_assert_eq(spool_open(f.file, slice_of("a"), &limits, 0, &f.spool, &f.err), ERROR_OK);
    for (uint64_t i = 1; i <= 4; i++)
        spool_fixture_append(&f, i * 1000);
    struct chain_hash three = spool_fixture_hash(&f, 3);
    cr_assert_eq(spool_trim(f.spool, (struct instant){1000000}, &f.err), ERROR_OK);
    cr_assert_eq(spool_state(f.spool)->first_retained, 1, "nothing is acknowledged yet");
    cr_assert_eq(spool_set_acked(f.spool, 3, &three, &f.err), ERROR_OK);
    cr_assert_eq(spool_trim(f.spool, (struct instant){3001}, &f.err), ERROR_OK);
    cr_assert_eq(spool_state(f.spool)->first_retained, 3, "1000 and 2000 are older than a second at 3001");
    bool found = true;
    struct chain_hash hash;
    cr_assert_eq(spool_hash(f.spool, 1, &hash, &found, &f.err), ERROR_OK);
    cr_assert_not(found);
    cr_assert_eq(spool_hash(f.spool, 2, &hash, &found, &f.err), ERROR_OK);
    cr_assert(found, "the hash before the first one kept is known");
    cr_assert_eq(spool_trim(f.spool, (struct instant){1000000}, &f.err), ERROR_OK);
    cr_assert_eq(spool_state(f.spool)->first_retained, 4, "the fourth is not acknowledged");
    spool_fixture_reopen(&f);
    cr_assert_eq(spool_state(f.spool)->first_retained, 4);
    cr_assert_eq(spool_state(f.spool)->last_seq, 4);
    spool_fixture_close(&f);
}

Test(outbox, acknowledged_events_are_kept_by_size) {
    struct spool_fixture f = spool_fixture_open("a");
    spool_close(&f.spool);
    uint8_t bytes[EVENT_BYTES_MAX];
    struct spool_limits limits = {.keep_bytes = (int64_t)(2 * sample_event(1, bytes))};
    cr_assert_eq(spool_open(f.file, slice_of("a"), &limits, 0, &f.spool, &f.err), ERROR_OK);
    for (uint64_t i = 1; i <= 5; i++)
        spool_fixture_append(&f, i);
    struct chain_hash five = spool_state(f.spool)->head;
    cr_assert_eq(spool_set_acked(f.spool, 5, &five, &f.err), ERROR_OK);
    cr_assert_eq(spool_trim(f.spool, (struct instant){5}, &f.err), ERROR_OK);
    cr_assert_eq(spool_state(f.spool)->first_retained, 4);
    spool_fixture_close(&f);
}

Test(outbox, the_oldest_pending_is_known) {
    struct spool_fixture f = spool_fixture_open("a");
    struct instant oldest;
    cr_assert_eq(spool_oldest_pending(f.spool, &oldest, &f.err), ERROR_OK);
    cr_assert_not(instant_is(oldest));
    spool_fixture_append(&f, 100);
    spool_fixture_append(&f, 200);
    struct chain_hash one = spool_fixture_hash(&f, 1);
    cr_assert_eq(spool_set_acked(f.spool, 1, &one, &f.err), ERROR_OK);
    cr_assert_eq(spool_oldest_pending(f.spool, &oldest, &f.err), ERROR_OK);
    cr_assert_eq(oldest.ms, 200);
    spool_fixture_close(&f);
}

static void acked_two_of_four(struct spool_fixture *f) {
    for (uint64_t i = 1; i <= 4; i++)
        spool_fixture_append(f, i);
    struct chain_hash two = spool_fixture_hash(f, 2);
    cr_assert_eq(spool_set_acked(f->spool, 2, &two, &f->err), ERROR_OK);
    cr_assert_eq(spool_store_gen(f->spool, 9, &f->err), ERROR_OK);
}

Test(outbox, a_new_epoch_takes_what_is_not_acknowledged) {
    struct spool_fixture f = spool_fixture_open("a");
    uint8_t bytes[EVENT_BYTES_MAX];
    acked_two_of_four(&f);
    struct epoch old = spool_state(f.spool)->epoch;
    cr_assert_eq(spool_set_halt(f.spool, HALT_FORK, 9, &f.err), ERROR_OK);
    cr_assert_eq(spool_new_epoch(f.spool, &f.err), ERROR_OK, "%s", f.err.message);
    spool_fixture_reopen(&f);
    const struct spool_state *state = spool_state(f.spool);
    cr_assert_not(epoch_equal(&old, &state->epoch));
    cr_assert_eq(state->last_seq, 2);
    cr_assert_eq(state->acked_seq, 0);
    cr_assert_eq(state->first_retained, 1);
    cr_assert_eq(state->gen, 9, "the fence stays");
    struct spool_batch batch;
    cr_assert_eq(spool_read(f.spool, 1, 10, 1 << 20, &batch, &f.err), ERROR_OK);
    cr_assert_eq(batch.count, 2);
    cr_assert_eq(batch.items[0].len, sample_event(3, bytes));
    cr_assert_arr_eq(batch.items[0].ptr, bytes, batch.items[0].len, "the very bytes, so the same uid");
    spool_fixture_close(&f);
}

Test(outbox, after_a_lost_gap_everything_kept_goes_again) {
    struct spool_fixture f = spool_fixture_open("a");
    acked_two_of_four(&f);
    cr_assert_eq(spool_set_halt(f.spool, HALT_GAP_LOST, 9, &f.err), ERROR_OK);
    cr_assert_eq(spool_new_epoch(f.spool, &f.err), ERROR_OK);
    cr_assert_eq(spool_state(f.spool)->last_seq, 4);
    cr_assert_eq(spool_state(f.spool)->acked_seq, 0);
    spool_fixture_close(&f);
}

/* Ten events of different lengths; what is acknowledged is counted as it would be from the file, however it was read. */
Test(outbox, acknowledged_bytes_are_those_of_the_events) {
    static const struct {
        uint64_t read[4], acked; /* first numbers of the batches of three read before the ACK; 0 = none */
    } rows[] = {
        {{1, 4, 7}, 6},  /* two whole batches */
        {{1, 4, 7}, 5},  /* the second in part */
        {{4, 7}, 6},     /* the first was read by an earlier session */
        {{1, 4, 1, 4}, 6}, /* sent again after a rewind */
        {{1, 3}, 5},     /* the second begins anew inside the first */
        {{0}, 10},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct spool_fixture f = spool_fixture_open("a");
        uint8_t bytes[EVENT_BYTES_MAX];
        uint64_t expected = 0, all = 0;
        for (uint64_t seq = 1; seq <= 10; seq++) {
            uint64_t number = seq % 2 ? seq : 1000000 * seq;
            spool_fixture_append(&f, number);
            all += sample_event(number, bytes);
            if (seq <= rows[i].acked) expected += sample_event(number, bytes);
        }
        for (size_t k = 0; k < 4 && rows[i].read[k]; k++) {
            struct spool_batch batch;
            cr_assert_eq(spool_read(f.spool, rows[i].read[k], 3, 1 << 20, &batch, &f.err), ERROR_OK);
        }
        struct chain_hash hash = spool_fixture_hash(&f, rows[i].acked);
        cr_assert_eq(spool_set_acked(f.spool, rows[i].acked, &hash, &f.err), ERROR_OK);
        cr_expect_eq(spool_state(f.spool)->kept_bytes, expected, "row %zu", i);
        cr_expect_eq(spool_state(f.spool)->pending_bytes, all - expected, "row %zu", i);
        spool_fixture_close(&f);
    }
}
