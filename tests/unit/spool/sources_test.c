#include "common/spool/sources.h"
#include "tests/unit/spool/spool_fixture.h"

static const struct source_cell cell = {{"T06.1", 5}, {"510822", 6}, {"青川县", 9}};

static void set_figure(struct spool_fixture *f, int32_t day, int64_t mantissa, uint8_t mark) {
    struct source_figure figure = {.as_of = {day},
                                   .figure = {.form = FIGURE_VALUE, .value = {mantissa, 1}},
                                   .kind = EVENT_FIGURE,
                                   .doubted = mark == 9};
    memset(figure.uid, mark, sizeof figure.uid);
    cr_assert_eq(spool_begin(f->spool, &f->err), ERROR_OK);
    cr_assert_eq(sources_figure_set(f->spool, &cell, &figure, &f->err), ERROR_OK);
    cr_assert_eq(spool_commit(f->spool, &f->err), ERROR_OK);
}

Test(sources, the_last_figure_of_a_day_and_of_an_earlier_one) {
    struct spool_fixture f = spool_fixture_open("a");
    struct source_figure out;
    cr_assert_eq(sources_figure_at(f.spool, &cell, (struct day){100}, &out, &f.err), ERROR_OK);
    cr_assert_not(out.found);
    set_figure(&f, 100, 310, 1);
    set_figure(&f, 130, 405, 2);
    set_figure(&f, 130, 406, 9);
    spool_fixture_reopen(&f);
    cr_assert_eq(sources_figure_at(f.spool, &cell, (struct day){130}, &out, &f.err), ERROR_OK);
    cr_assert(out.found && out.figure.value.mantissa == 406 && out.figure.value.scale == 1 && out.uid[15] == 9);
    cr_assert(out.doubted);
    cr_assert_eq(sources_figure_before(f.spool, &cell, (struct day){130}, &out, &f.err), ERROR_OK);
    cr_assert(out.found && out.as_of.n == 100 && out.figure.value.mantissa == 310 && !out.doubted);
    cr_assert_eq(sources_figure_before(f.spool, &cell, (struct day){100}, &out, &f.err), ERROR_OK);
    cr_assert_not(out.found);
    struct source_cell other = cell;
    other.reporter = slice_of("市交通运输局");
    cr_assert_eq(sources_figure_at(f.spool, &other, (struct day){130}, &out, &f.err), ERROR_OK);
    cr_assert_not(out.found, "each reporter has his own");
    spool_fixture_close(&f);
}

Test(sources, all_forms_come_back) {
    struct spool_fixture f = spool_fixture_open("a");
    const struct figure forms[] = {{.form = FIGURE_NONE},
                                   {.form = FIGURE_DONE, .done = true},
                                   {.form = FIGURE_DONE, .done = false},
                                   {.form = FIGURE_FRACTION, .value = {-5, 0}, .denominator = {123, 2}}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct source_figure in = {.as_of = {(int32_t)i}, .figure = forms[i], .kind = EVENT_FIGURE}, out;
        cr_assert_eq(spool_begin(f.spool, &f.err), ERROR_OK);
        cr_assert_eq(sources_figure_set(f.spool, &cell, &in, &f.err), ERROR_OK);
        cr_assert_eq(spool_commit(f.spool, &f.err), ERROR_OK);
        cr_assert_eq(sources_figure_at(f.spool, &cell, in.as_of, &out, &f.err), ERROR_OK);
        cr_assert_eq(out.figure.form, forms[i].form);
        cr_assert_eq(out.figure.done, forms[i].done);
        cr_assert_eq(out.figure.value.mantissa, forms[i].value.mantissa);
        cr_assert_eq(out.figure.denominator.mantissa, forms[i].denominator.mantissa);
        cr_assert_eq(out.figure.denominator.scale, forms[i].denominator.scale);
    }
    spool_fixture_close(&f);
}

Test(sources, a_taken_file_is_known_by_its_content_and_its_source) {
    struct spool_fixture f = spool_fixture_open("a");
    uint8_t hash[SOURCE_HASH_BYTES] = {1, 2, 3};
    struct source_file out;
    cr_assert_eq(spool_begin(f.spool, &f.err), ERROR_OK);
    cr_assert_eq(sources_file_mark(f.spool, "报表", hash, "6月.csv", (struct instant){5}, &f.err), ERROR_OK);
    spool_rollback(f.spool);
    cr_assert_eq(sources_file_find(f.spool, "报表", hash, &out, &f.err), ERROR_OK);
    cr_assert_not(out.found, "rolled back with its transaction");
    cr_assert_eq(spool_begin(f.spool, &f.err), ERROR_OK);
    cr_assert_eq(sources_file_mark(f.spool, "报表", hash, "6月.csv", (struct instant){5}, &f.err), ERROR_OK);
    cr_assert_eq(spool_commit(f.spool, &f.err), ERROR_OK);
    cr_assert_eq(sources_file_find(f.spool, "报表", hash, &out, &f.err), ERROR_OK);
    cr_assert(out.found);
    cr_assert_str_eq(out.name, "6月.csv");
    cr_assert_eq(out.taken_at.ms, 5);
    cr_assert_eq(sources_file_find(f.spool, "别的", hash, &out, &f.err), ERROR_OK);
    cr_assert_not(out.found);
    spool_fixture_close(&f);
}

Test(sources, looks_and_words_are_remembered) {
    struct spool_fixture f = spool_fixture_open("a");
    struct source_look in = {.size = 7, .mtime_ns = 8, .since = {9}, .first = {3}, .decided = true}, out;
    bool same = true;
    cr_assert_eq(sources_look_set(f.spool, "报表", "a.csv", &in, &f.err), ERROR_OK);
    cr_assert_eq(sources_look_find(f.spool, "报表", "a.csv", &out, &f.err), ERROR_OK);
    cr_assert(out.found && out.size == 7 && out.mtime_ns == 8 && out.since.ms == 9 && out.first.ms == 3 && out.decided);
    cr_assert_eq(sources_words_same(f.spool, &cell, (struct day){1}, slice_of("在建"), &same, &f.err), ERROR_OK);
    cr_assert_not(same);
    cr_assert_eq(spool_begin(f.spool, &f.err), ERROR_OK);
    cr_assert_eq(sources_words_set(f.spool, &cell, (struct day){1}, slice_of("在建"), &f.err), ERROR_OK);
    cr_assert_eq(spool_commit(f.spool, &f.err), ERROR_OK);
    cr_assert_eq(sources_words_same(f.spool, &cell, (struct day){1}, slice_of("在建"), &same, &f.err), ERROR_OK);
    cr_assert(same);
    cr_assert_eq(sources_words_same(f.spool, &cell, (struct day){1}, slice_of("完工"), &same, &f.err), ERROR_OK);
    cr_assert_not(same);
    spool_fixture_close(&f);
}

Test(sources, the_extent_of_the_last_file_of_each_source) {
    struct spool_fixture f = spool_fixture_open("a");
    struct source_extent out;
    cr_assert_eq(sources_extent_find(f.spool, "报表", &out, &f.err), ERROR_OK);
    cr_assert_not(out.found);
    source_extent_finish(&out);
    cr_assert_eq(spool_begin(f.spool, &f.err), ERROR_OK);
    cr_assert_eq(sources_extent_set(f.spool, "报表", "5月.csv", 1, slice_of("T06.1 510822\n"), &f.err), ERROR_OK);
    cr_assert_eq(
        sources_extent_set(f.spool, "报表", "6月.csv", 2, slice_of("T06.1 510821\nT06.1 510822\n"), &f.err),
        ERROR_OK);
    cr_assert_eq(spool_commit(f.spool, &f.err), ERROR_OK);
    spool_fixture_reopen(&f);
    cr_assert_eq(sources_extent_find(f.spool, "报表", &out, &f.err), ERROR_OK);
    cr_assert(out.found);
    cr_expect_str_eq(out.name, "6月.csv");
    cr_expect_eq(out.figures, 2);
    cr_expect_str_eq(buffer_text(&out.cells), "T06.1 510821\nT06.1 510822\n");
    source_extent_finish(&out);
    cr_assert_eq(sources_extent_find(f.spool, "别的", &out, &f.err), ERROR_OK);
    cr_assert_not(out.found, "each source has its own");
    source_extent_finish(&out);
    spool_fixture_close(&f);
}

Test(sources, a_receipt_is_kept_for_who_asks_again_and_forgotten_after_a_while) {
    struct spool_fixture f = spool_fixture_open("a");
    struct buffer more = {0};
    const uint8_t one[SOURCE_HASH_BYTES] = {1}, other[SOURCE_HASH_BYTES] = {2};
    bool found = true;
    cr_assert_eq(sources_receipt_find(f.spool, "接口", one, &more, &found, &f.err), ERROR_OK);
    cr_assert_not(found);
    cr_assert_eq(spool_begin(f.spool, &f.err), ERROR_OK);
    cr_assert_eq(sources_receipt_set(f.spool, "接口", one, (struct slice){"a\0b", 3}, (struct instant){1000}, &f.err),
                 ERROR_OK);
    cr_assert_eq(sources_receipt_set(f.spool, "接口", other, slice_of("c"), (struct instant){2000}, &f.err), ERROR_OK);
    cr_assert_eq(sources_receipt_forget(f.spool, (struct instant){1000}, &f.err), ERROR_OK);
    cr_assert_eq(spool_commit(f.spool, &f.err), ERROR_OK);
    spool_fixture_reopen(&f);
    cr_assert_eq(sources_receipt_find(f.spool, "接口", one, &more, &found, &f.err), ERROR_OK);
    cr_assert(found);
    cr_assert(more.len == 3 && memcmp(more.data, "a\0b", 3) == 0);
    buffer_clear(&more);
    cr_assert_eq(sources_receipt_find(f.spool, "别的", one, &more, &found, &f.err), ERROR_OK);
    cr_assert_not(found, "each source has its own");
    cr_assert_eq(spool_begin(f.spool, &f.err), ERROR_OK);
    cr_assert_eq(sources_receipt_forget(f.spool, (struct instant){2000}, &f.err), ERROR_OK);
    cr_assert_eq(spool_commit(f.spool, &f.err), ERROR_OK);
    cr_assert_eq(sources_receipt_find(f.spool, "接口", one, &more, &found, &f.err), ERROR_OK);
    cr_assert_not(found, "older than the day it was to be forgotten");
    cr_assert_eq(sources_receipt_find(f.spool, "接口", other, &more, &found, &f.err), ERROR_OK);
    cr_assert(found);
    buffer_finish(&more);
    spool_fixture_close(&f);
}

Test(sources, how_far_a_database_was_read) {
    struct spool_fixture f = spool_fixture_open("a");
    struct source_pull out, pull = {.mark = "local 2021-07-02 08:00:00", .asked_at = {1625187600000}, .failures = 2,
                                    .code = "sql_unreachable", .refused = {1}, .noted = {2}, .basis = {3}};
    cr_assert_eq(sources_pull_find(f.spool, "项目库", &out, &f.err), ERROR_OK);
    cr_assert_not(out.found || instant_is(out.asked_at) || *out.mark);
    cr_assert_eq(spool_begin(f.spool, &f.err), ERROR_OK);
    cr_assert_eq(sources_pull_set(f.spool, "项目库", &pull, &f.err), ERROR_OK);
    cr_assert_eq(spool_commit(f.spool, &f.err), ERROR_OK);
    spool_fixture_reopen(&f);
    cr_assert_eq(sources_pull_find(f.spool, "项目库", &out, &f.err), ERROR_OK);
    cr_assert(out.found);
    cr_expect_str_eq(out.mark, pull.mark);
    cr_expect_str_eq(out.code, "sql_unreachable");
    cr_expect_eq(out.asked_at.ms, 1625187600000);
    cr_expect_eq(out.failures, 2);
    cr_expect(out.refused[0] == 1 && out.noted[0] == 2 && out.basis[0] == 3);
    cr_assert_eq(sources_pull_find(f.spool, "别的", &out, &f.err), ERROR_OK);
    cr_expect_not(out.found);
    spool_fixture_close(&f);
}
