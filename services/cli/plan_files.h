/* The texts of a plan from the disk: the plan file and the tables it names (top-level `tables: {allocation: …, …}`,
 * relative to it) or the command line names. */
#ifndef DUBAN_CLI_PLAN_FILES_H
#define DUBAN_CLI_PLAN_FILES_H

#include "common/base/args.h"
#include "common/domain/plan.h"

enum { PLAN_FILES_MAX = 8 };

struct plan_files {
    struct plan_text texts[PLAN_FILES_MAX];
    struct buffer bytes[PLAN_FILES_MAX];
    char *paths[PLAN_FILES_MAX];
    size_t count;
    bool default_calendar; /* no calendar was named: the one that is shipped */
};

/* The options of every command that takes a plan file: --table ROLE=FILE and one of each role's own name. */
#define PLAN_FILE_OPTIONS                                                                                              \
    {.name = "table",                                                                                                  \
     .value = "ROLE=FILE",                                                                                             \
     .repeated = true,                                                                                                 \
     .help = "a table of the plan: allocation nodes denominators openings contacts calendar rules",                    \
     .help_zh = "计划的一张表：allocation nodes denominators openings contacts calendar rules"},                       \
        {.name = "allocation", .value = "FILE", .help = "split over the counties", .help_zh = "分解表"},               \
        {.name = "nodes", .value = "FILE", .help = "dated nodes", .help_zh = "节点表"},                                \
        {.name = "denominators", .value = "FILE", .help = "denominators and baselines", .help_zh = "分母与基数表"},    \
        {.name = "openings", .value = "FILE", .help = "openings", .help_zh = "期初数表"},                              \
        {.name = "contacts", .value = "FILE", .help = "contacts", .help_zh = "联系人表"},                              \
        {.name = "calendar", .value = "FILE", .help = "working days", .help_zh = "工作日表"}, {                        \
        .name = "rules", .value = "FILE", .help = "rules of light and alerts", .help_zh = "亮灯与提醒规则"      \
    }

/* Reads `file` and its tables; calendar: the path used when none is named, may be NULL. Findings hear of wrong names of
 * tables; a file that cannot be read is an error. */
__attribute__((warn_unused_result)) enum error_code plan_files_read(struct plan_files *out, const char *file,
                                                                    const struct args *args, const char *calendar,
                                                                    struct findings *findings, struct error *err);
void plan_files_finish(struct plan_files *files);

#endif
