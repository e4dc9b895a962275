/* What it takes to read a plan of the whole country: 2,843 counties × 31 targets. One JSON line a figure, in processor
 * time of this process.
 *
 * shares: every share in the plan file. tables: the same shares in an allocation table as wide as the country, with a
 * table of four nodes a cell. history: original goals and dates out of two older versions. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "common/base/buffer.h"
#include "common/base/cleanup.h"
#include "common/domain/plan.h"

enum { TARGETS = 31, COUNTIES = 2843, UNITS = 8, SHARE = 1200, NODES = 4, FIRST_CODE = 110000 };

static double processor_seconds(void) {
    struct timespec now;
    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) != 0) abort();
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void print(const char *figure, double value) {
    printf("{\"bench\":\"plan\",\"figure\":\"%s\",\"value\":%.3f,\"unit\":\"s\",\"counties\":%d,\"targets\":%d}\n", figure,
           value, (int)COUNTIES, (int)TARGETS);
    (void)fflush(stdout);
}

/* --- the texts --- */

static void write_shares(struct buffer *out) {
    buffer_add_text(out, ", shares: {");
    for (int i = 0; i < COUNTIES; i++) buffer_printf(out, "%s县%d: %d", i ? ", " : "", i, SHARE);
    buffer_add_char(out, '}');
}

static void write_plan(struct buffer *out, bool shares) {
    buffer_add_text(out, "programme: bench\ntitle: bench\ncity: {code: \"100000\", name: 全国}\nareas:\n");
    for (int i = 0; i < COUNTIES; i++) buffer_printf(out, "  - {code: \"%d\", name: 县%d}\n", FIRST_CODE + i, i);
    buffer_add_text(out, "units:\n");
    for (int i = 0; i < UNITS; i++) buffer_printf(out, "  - {name: 部门%d}\n", i);
    buffer_add_text(out, "tasks:\n");
    for (int t = 1; t <= TARGETS; t++) {
        buffer_printf(out,
                      "  - code: T%02d\n    title: 任务%d\n    leads: [部门%d]\n    targets:\n"
                      "      - {code: T%02d.1, name: 指标%d, unit: 公里, kind: cumulative, value: %d, decimals: 1,"
                      " due: 2021-12-31",
                      t, t, t % UNITS, t, t, SHARE * COUNTIES);
        if (shares) write_shares(out);
        buffer_add_text(out, "}\n");
    }
}

static void write_allocation(struct buffer *out) {
    buffer_add_text(out, "指标代码");
    for (int i = 0; i < COUNTIES; i++) buffer_printf(out, ",县%d", i);
    for (int t = 1; t <= TARGETS; t++) {
        buffer_printf(out, "\nT%02d.1", t);
        for (int i = 0; i < COUNTIES; i++) buffer_printf(out, ",%d", SHARE);
    }
    buffer_add_char(out, '\n');
}

static void write_nodes(struct buffer *out) {
    buffer_add_text(out, "指标代码,县区,日期,应达\n");
    for (int t = 1; t <= TARGETS; t++)
        for (int i = 0; i < COUNTIES; i++)
            for (int n = 1; n <= NODES; n++)
                buffer_printf(out, "T%02d.1,县%d,2021-%02d-20,%d\n", t, i, n * 3, SHARE / NODES * n);
}

static void write_contacts(struct buffer *out) {
    buffer_add_text(out, "单位,县区,角色,称呼,渠道,地址,备注\n,,办公室,值班,log,office,\n");
    for (int i = 0; i < COUNTIES; i++) buffer_printf(out, ",县%d,联络员,联络员,log,c%d,\n", i, i);
    for (int i = 0; i < UNITS; i++) buffer_printf(out, "部门%d,,牵头,联络员,log,u%d,\n", i, i);
}

/* --- the figures --- */

static struct plan *read_plan(const char *figure, const struct plan_text *texts, size_t count) {
    CLEAN(findings_finish) struct findings findings = {0};
    struct plan *plan = NULL;
    double start = processor_seconds();
    if (plan_read(texts, count, &plan, &findings) != ERROR_OK) {
        for (size_t i = 0; i < findings.count && i < 5; i++)
            (void)fprintf(stderr, "bench_plan: %s: %s\n", findings.items[i].place, findings.items[i].message);
        exit(1);
    }
    plan_lint(plan, &findings);
    print(figure, processor_seconds() - start);
    return plan;
}

static struct slice slice_of_buffer(struct buffer *buffer) {
    return (struct slice){buffer_text(buffer), buffer->len};
}

int main(void) {
    CLEAN(buffer_finish) struct buffer whole = {0}, bare = {0}, allocation = {0}, nodes = {0}, contacts = {0};
    write_plan(&whole, true);
    write_plan(&bare, false);
    write_allocation(&allocation);
    write_nodes(&nodes);
    write_contacts(&contacts);
    const struct plan_text shares[] = {{"plan", "bench.yaml", slice_of_buffer(&whole)},
                                       {"contacts", "contacts.csv", slice_of_buffer(&contacts)}};
    const struct plan_text tables[] = {{"plan", "bench.yaml", slice_of_buffer(&bare)},
                                       {"allocation", "allocation.csv", slice_of_buffer(&allocation)},
                                       {"nodes", "nodes.csv", slice_of_buffer(&nodes)},
                                       {"contacts", "contacts.csv", slice_of_buffer(&contacts)}};
    CLEAN(plan_destroy) struct plan *first = read_plan("shares_seconds", shares, 2);
    CLEAN(plan_destroy) struct plan *second = read_plan("tables_seconds", tables, 4);
    const struct plan *older[] = {first, first};
    const struct day loaded[] = {first->start, first->start, first->start};
    double start = processor_seconds();
    plan_apply_history(second, older, loaded, 2);
    print("history_seconds", processor_seconds() - start);
    return 0;
}
