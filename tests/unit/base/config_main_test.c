#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <stdio.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/config.h"

struct sample {
    int64_t port;
};
static const struct config_field fields[] = {{.key = "port",
                                              .type = CONFIG_INT,
                                              .required = true,
                                              .min = 1,
                                              .max = 65535,
                                              .sample = "5701",
                                              .help = "port",
                                              .help_zh = "端口"}};
static const struct config_program program = {.name = "duban-sample",
                                              .summary = "a sample",
                                              .summary_zh = "示例",
                                              .fields = fields,
                                              .field_count = 1,
                                              .size = sizeof(struct sample)};

static void redirect(void) {
    cr_redirect_stdout();
    cr_redirect_stderr();
}

TestSuite(config_main, .init = redirect);

static enum config_action run(const char *const *words, struct sample *target, int *status) {
    char *argv[8] = {(char[]){"duban-sample"}};
    int argc = 1;
    for (; words[argc - 1]; argc++)
        memcpy(&argv[argc], &words[argc - 1], sizeof argv[0]);
    CLEAN(config_finish) struct config config;
    return config_main(&config, &program, argc, argv, target, status);
}

Test(config_main, runs_with_what_was_given) {
    struct sample s;
    int status = 9;
    cr_assert_eq(run((const char *const[]){"--port", "80", NULL}, &s, &status), CONFIG_RUN);
    cr_assert_eq(s.port, 80);
    cr_assert_eq(run((const char *const[]){"--port=81", NULL}, &s, &status), CONFIG_RUN);
    cr_assert_eq(s.port, 81);
}

Test(config_main, does_the_rest_itself) {
    static const struct {
        const char *words[4];
        int status;
    } rows[] = {
        {{"--help"}, 0},
        {{"--version"}, 0},
        {{"--reference", "--lang", "zh"}, 0},
        {{"--sample-config"}, 0},
        {{"--check-config", "--port", "80"}, 0},
        {{"--check-config"}, 1}, /* the port is missing */
        {{"--port", "0"}, 1},    /* out of range */
        {{"--port"}, 2},
        {{"--prot", "80"}, 2},
        {{"stray"}, 2},
        {{"--lang", "de"}, 2},
        {{"--config", "/nonexistent"}, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sample s;
        int status = 9;
        cr_assert_eq(run(rows[i].words, &s, &status), CONFIG_DONE, "row %zu", i);
        cr_assert_eq(status, rows[i].status, "row %zu: %d", i, status);
    }
}

Test(config_main, names_the_nearest_option) {
    struct sample s;
    int status;
    run((const char *const[]){"--prot", "80", NULL}, &s, &status);
    fflush(stderr);
    cr_assert_stderr_eq_str("duban-sample: there is no option --prot; did you mean --port?; see duban-sample --help\n");
}
