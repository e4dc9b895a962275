/* Judging a paper in a test: a mapping in YAML, the file's bytes, a domain day, a memory of figures. */
#ifndef DUBAN_TESTS_PAPER_FIXTURE_H
#define DUBAN_TESTS_PAPER_FIXTURE_H

#include <stdio.h>

#include "services/collector/paper.h"
#include "tests/unit/collector/plan_fixture.h"

enum { REMEMBERED_MAX = 64 };
struct remembered {
    const char *target, *area;
    struct source_figure figure;
};

struct paper_fixture {
    struct plan_fixture plan;
    struct arena *arena;
    struct mapping mapping;
    struct paper paper;
    struct verdict verdict;
    struct remembered known[REMEMBERED_MAX];
    size_t known_count;
    const char *known_words;
    struct error err;
};

static inline struct day day_of(const char *text) {
    struct day day;
    cr_assert(day_parse(text, strlen(text), &day), "%s", text);
    return day;
}

static inline enum error_code fixture_at(void *context, const struct source_cell *cell, struct day as_of,
                                         struct source_figure *out, struct error *err) {
    struct paper_fixture *f = context;
    (void)err;
    *out = (struct source_figure){.found = false};
    for (size_t i = 0; i < f->known_count; i++)
        if (slice_is(cell->target, f->known[i].target) && slice_is(cell->area, f->known[i].area) &&
            f->known[i].figure.as_of.n == as_of.n)
            *out = f->known[i].figure;
    return ERROR_OK;
}
static inline enum error_code fixture_before(void *context, const struct source_cell *cell, struct day as_of,
                                             struct source_figure *out, struct error *err) {
    struct paper_fixture *f = context;
    (void)err;
    *out = (struct source_figure){.found = false};
    for (size_t i = 0; i < f->known_count; i++) {
        const struct source_figure *figure = &f->known[i].figure;
        if (slice_is(cell->target, f->known[i].target) && slice_is(cell->area, f->known[i].area) &&
            figure->as_of.n < as_of.n && (!out->found || figure->as_of.n > out->as_of.n))
            *out = *figure;
    }
    return ERROR_OK;
}
static inline enum error_code fixture_words(void *context, const struct source_cell *cell, struct day as_of,
                                            struct slice words, bool *same, struct error *err) {
    struct paper_fixture *f = context;
    (void)cell, (void)as_of, (void)err;
    *same = f->known_words && slice_is(words, f->known_words);
    return ERROR_OK;
}
static inline enum error_code fixture_uid(uint8_t uid[EVENT_UID_BYTES], struct error *err) {
    (void)err;
    memset(uid, 0x11, EVENT_UID_BYTES);
    return ERROR_OK;
}

/* In place: the memory points to the fixture. today: "2021-07-02" at 09:30. */
static inline void paper_fixture_open_on(struct paper_fixture *f, struct plan_fixture plan, const char *mapping,
                                         const char *today) {
    memset(f, 0, sizeof *f);
    f->plan = plan;
    f->arena = arena_create();
    struct findings findings = {NULL, 0, 0, 0};
    struct yaml doc;
    yaml_parse(&doc, "mapping.yaml", mapping, strlen(mapping), &findings);
    mapping_read(&doc, doc.root, f->arena, &f->mapping);
    cr_assert_eq(findings.errors, 0, "%s", findings.count ? findings.items[0].message : "");
    yaml_finish(&doc);
    findings_finish(&findings);
    f->paper = (struct paper){.source = "报表",
                              .name = slice_of("6月报表.csv"),
                              .now = day_at(day_of(today), 9, 30),
                              .catalogue = f->plan.catalogue,
                              .mapping = &f->mapping,
                              .unit = "青川县",
                              .memory = {f, fixture_at, fixture_before, fixture_words},
                              .make_uid = fixture_uid};
}

static inline void paper_fixture_open(struct paper_fixture *f, const char *mapping, const char *today) {
    paper_fixture_open_on(f, plan_fixture_open(), mapping, today);
}

static inline void paper_fixture_knows(struct paper_fixture *f, const char *target, const char *area, const char *day,
                                       struct figure figure, bool doubted) {
    f->known[f->known_count++] = (struct remembered){target,
                                                     area,
                                                     {.found = true,
                                                      .as_of = day_of(day),
                                                      .figure = figure,
                                                      .uid = {0x77},
                                                      .kind = EVENT_FIGURE,
                                                      .doubted = doubted}};
}

static inline void paper_fixture_judge_bytes(struct paper_fixture *f, const char *bytes, size_t len) {
    if (f->verdict.arena) verdict_finish(&f->verdict);
    f->paper.bytes = (struct slice){bytes, len};
    cr_assert_eq(paper_judge(&f->paper, &f->verdict, &f->err), ERROR_OK, "%s", f->err.message);
}
static inline void paper_fixture_judge(struct paper_fixture *f, const char *text) {
    paper_fixture_judge_bytes(f, text, strlen(text));
}

static inline void paper_fixture_close(struct paper_fixture *f) {
    verdict_finish(&f->verdict);
    arena_destroy(&f->arena);
    plan_fixture_close(&f->plan);
}

/* "taken unchanged held refused blank skipped" */
static inline const char *counts_of(const struct paper_fixture *f) {
    static char text[64];
    snprintf(text, sizeof text, "%u %u %u %u %u %u", f->verdict.taken, f->verdict.unchanged, f->verdict.held,
             f->verdict.refused, f->verdict.blank, f->verdict.skipped);
    return text;
}

#endif
