#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/file.h"
#include "services/collector/settings.h"

#define KEY "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
#define HEAD                                                                                                           \
    "stream: a\nunit: 青川县\nserver: [{address: \"tcp://127.0.0.1:5557\", key: \"" KEY                                \
    "\"}]\nkey: k\ncatalogue: c.json\nspool: s.sqlite\nsources:\n  - name: 报表\n    source: sql\n    rejected: back\n"

struct read {
    char folder[64];
    struct config config;
    struct settings settings;
    enum error_code code;
    struct error err;
};

static void load(struct read *out, const char *text) {
    *out = (struct read){.folder = "/tmp/duban-settings-XXXXXX"};
    char path[128];
    cr_assert_not_null(mkdtemp(out->folder));
    snprintf(path, sizeof path, "%s/c.yaml", out->folder);
    cr_assert_eq(file_write(path, text, strlen(text), 0600, &out->err), ERROR_OK);
    out->code = config_load(&out->config, &settings_program, path, NULL, 0, &out->settings, &out->err);
}
static void load_finish(struct read *read) {
    char command[128];
    settings_finish(&read->settings);
    config_finish(&read->config);
    snprintf(command, sizeof command, "rm -rf %s", read->folder);
    cr_assert_eq(system(command), 0);
}

Test(sql_settings, what_need_not_be_said) {
    struct read r;
    load(&r, HEAD "    sql: {driver: postgresql, connection: \"host=x\", query: SELECT 1}\n");
    cr_assert_eq(r.code, ERROR_OK, "%s", r.err.message);
    const struct sql_settings *sql = &settings_source(&r.settings, "报表")->sql;
    cr_expect_eq(sql->driver, SQL_DRIVER_POSTGRESQL);
    cr_expect_eq(sql->schedule.every_ms, MS_HOUR);
    cr_expect_eq(sql->schedule.from_minute, 510);
    cr_expect_eq(sql->schedule.to_minute, 1050);
    cr_expect_eq(sql->schedule.days, SQL_WORKING_DAYS);
    cr_expect_eq(sql->timeout_ms, 30000);
    cr_expect_eq(sql->rows_max, 20000);
    cr_expect_eq(sql->overlap.ms, 600000);
    cr_expect_eq(sql->overlap.count, 1000);
    cr_expect_not(sql->zoned);
    cr_expect_null(sql->watermark);
    load_finish(&r);
}

Test(sql_settings, all_of_it) {
    struct read r;
    char wanted[128];
    load(&r, HEAD "    sql:\n      driver: odbc\n      connection: \"DSN=gl\"\n      password_file: pw\n"
                  "      query: |\n        WITH x AS (SELECT 1) SELECT * FROM x WHERE gxsj >= $1\n"
                  "      columns: {xmmc: 指标, dq: 地区}\n"
                  "      schedule: {every: 30min, hours: \"7:00-22:30\", days: every}\n"
                  "      watermark: gxsj\n      from: 2021-01-01\n      overlap: 2h\n      zone: \"+08:00\"\n"
                  "      timeout: 2min\n      rows: 500\n");
    cr_assert_eq(r.code, ERROR_OK, "%s", r.err.message);
    const struct sql_settings *sql = &settings_source(&r.settings, "报表")->sql;
    snprintf(wanted, sizeof wanted, "%s/pw", r.folder);
    cr_expect_eq(sql->driver, SQL_DRIVER_ODBC);
    cr_expect_str_eq(sql->password_file, wanted);
    cr_assert_eq(sql->column_count, 2);
    cr_expect_str_eq(sql->columns[1].column, "dq");
    cr_expect_str_eq(sql->columns[1].name, "地区");
    cr_expect_eq(sql->schedule.every_ms, 1800000);
    cr_expect_eq(sql->schedule.from_minute, 420);
    cr_expect_eq(sql->schedule.to_minute, 1350);
    cr_expect_eq(sql->schedule.days, SQL_EVERY_DAY);
    cr_expect_str_eq(sql->watermark, "gxsj");
    cr_expect_str_eq(sql->from, "2021-01-01");
    cr_expect_eq(sql->overlap.ms, 7200000);
    cr_expect(sql->zoned && sql->zone == 480);
    cr_expect_eq(sql->timeout_ms, 120000);
    cr_expect_eq(sql->rows_max, 500);
    load_finish(&r);
    load(&r, HEAD "    sql: {driver: odbc, connection: \"DSN=gl\", query: \"(SELECT id FROM t WHERE id >= $1)\","
                  " watermark: id, from: 0, overlap: 50}\n");
    cr_assert_eq(r.code, ERROR_OK, "%s", r.err.message);
    cr_expect_eq(settings_source(&r.settings, NULL)->sql.overlap.count, 50);
    load_finish(&r);
}

Test(sql_settings, what_is_wrong_is_said) {
#define DRIVER "driver: postgresql, connection: \"host=x\", "
    static const struct {
        const char *sql, *words;
    } rows[] = {
        {"{connection: x, query: SELECT 1}", "driver"},
        {"{driver: oracle, connection: x, query: SELECT 1}", "oracle"},
        {"{driver: odbc, query: SELECT 1}", "connection"},
        {"{driver: odbc, connection: x, connection_file: y, query: SELECT 1}", "one of them"},
        {"{" DRIVER "password_file: a, password_env: b, query: SELECT 1}", "not both"},
        {"{" DRIVER "password: secret, query: SELECT 1}", "password"},
        {"{" DRIVER "query: DELETE FROM t}", "SELECT or WITH"},
        {"{" DRIVER "query: SELECTED}", "SELECT or WITH"},
        {"{" DRIVER "query: SELECT 1 WHERE a >= $1}", "watermark"},
        {"{" DRIVER "query: SELECT 1, watermark: a, from: 0}", "a >= $1"},
        {"{" DRIVER "query: SELECT 1 WHERE a >= $1, watermark: a}", "from"},
        {"{" DRIVER "query: SELECT 1, zone: CST}", "CST"},
        {"{" DRIVER "query: SELECT 1, overlap: soon}", "overlap"},
        {"{" DRIVER "query: SELECT 1, schedule: {every: 10s}}", "every"},
        {"{" DRIVER "query: SELECT 1, schedule: {hours: \"17:30-8:30\"}}", "hours"},
        {"{" DRIVER "query: SELECT 1, schedule: {days: holidays}}", "days"},
        {"{" DRIVER "query: SELECT 1, rows: 0}", "rows"},
        {"{" DRIVER "query: SELECT 1}\n    mapping: {as_of: title}", "title"},
        {"{" DRIVER "query: SELECT 1 WHERE a >= $1, watermark: a, from: 0}\n    mapping: {as_of: period}", "period"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct read r;
        char text[1024];
        bool said = false;
        snprintf(text, sizeof text, "%s    sql: %s\n", HEAD, rows[i].sql);
        load(&r, text);
        cr_expect_eq(r.code, ERROR_INPUT, "%s", rows[i].sql);
        for (size_t k = 0; k < r.config.findings.count; k++)
            said |= strstr(r.config.findings.items[k].message, rows[i].words) != NULL;
        cr_expect(said, "%s: %s", rows[i].sql, r.err.message);
        load_finish(&r);
    }
}
