/* What the tests of databases share: the test program is its own worker, a source from a few words of YAML, and asking
 * it once. */
#ifndef DUBAN_TESTS_DATABASES_ASKING_H
#define DUBAN_TESTS_DATABASES_ASKING_H

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "services/collector/settings.h"
#include "services/collector/sql.h"
#include "services/collector/sql_sheet.h"
#include "services/collector/sql_worker.h"
#include "tests/unit/collector/plan_fixture.h"

/* The worker is this program once more (/proc/self/exe): before anything of Criterion runs. */
__attribute__((constructor)) static void become_worker(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "sql-worker") == 0) _exit(sql_worker_main(argc, argv));
}

struct asking {
    struct arena *arena;
    struct source_settings source;
    struct sql_rows rows;
    struct error err;
};

static inline void asking_open(struct asking *asking, const char *mapping) {
    struct yaml doc;
    struct findings findings = {0};
    memset(asking, 0, sizeof *asking);
    asking->arena = arena_create();
    yaml_parse(&doc, "m", mapping, strlen(mapping), &findings);
    mapping_read(&doc, doc.root, asking->arena, &asking->source.mapping);
    cr_assert_eq(findings.errors, 0, "%s", findings.count ? findings.items[0].message : "");
    yaml_finish(&doc);
    findings_finish(&findings);
    asking->source.name = "报表";
    asking->source.kind = SOURCE_SQL;
    asking->source.sql = (struct sql_settings){
        .schedule = {.every_ms = MS_HOUR, .from_minute = 510, .to_minute = 1050, .days = SQL_WORKING_DAYS},
        .zone = STAMP_HERE,
        .overlap = {.ms = 10 * MS_MINUTE, .count = 1000},
        .timeout_ms = 20000,
        .rows_max = 1000};
}

static inline void asking_close(struct asking *asking) {
    sql_rows_finish(&asking->rows);
    arena_destroy(&asking->arena);
}

/* REFUSAL_NONE, or why the whole of it was refused. */
static inline enum refusal_code asking_ask(struct asking *asking, const char *query) {
    asking->source.sql.query = query;
    sql_rows_finish(&asking->rows);
    cr_assert(sql_ask_now(&asking->source, asking->arena, &asking->rows, &asking->err), "%s", asking->err.message);
    return asking->rows.whole.code;
}

static inline void asking_expect(const struct asking *asking, size_t row, const char *column, const char *text) {
    const struct sheet *sheet = &asking->rows.sheet;
    cr_assert(sheet->row_count > row, "only %zu rows; %s", sheet->row_count,
              asking->rows.whole.reason ? asking->rows.whole.reason : "");
    for (size_t i = 0; i < sheet->rows[0].cell_count; i++)
        if (slice_is(sheet_cell(sheet, 0, i), column)) {
            struct slice cell = sheet_cell(sheet, row, i);
            cr_expect(slice_is(cell, text), "%s of row %zu is “%.*s”, not “%s”", column, row, (int)cell.len, cell.ptr,
                      text);
            return;
        }
    cr_expect_fail("there is no column %s", column);
}

#endif
