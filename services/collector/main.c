/* duban-collector: the county's agent. Wiring only. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/log.h"
#include "services/collector/agent.h"
#include "services/collector/folders.h"
#include "services/collector/learn.h"
#include "services/collector/resume.h"
#include "services/collector/setup.h"
#include "services/collector/source_stdin.h"
#include "services/collector/sql_worker.h"
#include "services/collector/try.h"

static int run(int argc, char **argv) {
    struct config config;
    struct settings settings = {.stream = NULL};
    struct error err;
    int status = 0;
    if (config_main(&config, &settings_program, argc, argv, &settings, &status) == CONFIG_RUN) {
        log_init("duban-collector", (enum log_level)settings.log, 2);
        enum error_code code = agent_run(&settings, &err);
        if (code) log_failure(LOG_LEVEL_ERROR, "failed", &err);
        status = error_exit_status(code);
    }
    settings_finish(&settings);
    config_finish(&config);
    return status;
}

int main(int argc, char **argv) {
    static const struct {
        const char *name;
        int (*main)(int argc, char **argv);
    } commands[] = {
        {"try", try_main},         {"learn", learn_main}, {"setup", setup_main},           {"resume", resume_main},
        {"folders", folders_main}, {"take", take_main},   {"sql-worker", sql_worker_main}, {"run", run}};
#ifdef DUBAN_AGENT_GCONV
    /* The package brings its own C library; the system's text converters belong to another one. */
    setenv("GCONV_PATH", DUBAN_AGENT_GCONV, 1);
#endif
    for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof *commands; i++)
        if (strcmp(argv[1], commands[i].name) == 0) return commands[i].main(argc - 1, argv + 1);
    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        fputs("duban-collector [run] --config FILE …   the agent (below)\n"
              "duban-collector try --config FILE FILE  how each row of a file would be read; sends nothing\n"
              "duban-collector learn --config FILE FILE looks at a new table, asks, writes its mapping, tries it\n"
              "duban-collector setup                   asks, makes the key, tests the way to the centre\n"
              "duban-collector take --config FILE      one document from the standard input, for cron\n"
              "duban-collector resume --config FILE    what halted the agent, and goes on\n"
              "duban-collector folders --config FILE   the folders it writes into\n\n",
              stdout);
    return run(argc, argv);
}
