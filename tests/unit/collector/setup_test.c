#include "services/collector/setup.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/file.h"
#include "services/collector/settings.h"

#define KEY "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
#define OTHER_KEY "IjFJD{irRm9t]OdGLk^t9yV1aAuBG!%3c<B=zB5}"

/* In a folder of its own, with a drop folder beside the agent's. */
static void enter(char folder[64]) {
    strcpy(folder, "/tmp/duban-setup-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
    cr_assert_eq(chdir(folder), 0);
    cr_assert_eq(mkdir("drop", 0700), 0);
}

static int run(const char *key, const char *server, const char *stream, const char *folder) {
    const char *words[] = {"setup", "--batch",  "--no-test", "--dir",  "agent",  "--server", server, "--server-key",
                           key,     "--stream", stream,      "--unit", "青川县", "--folder", folder};
    enum { COUNT = sizeof words / sizeof *words };
    char *args[COUNT + 1] = {NULL};
    for (size_t i = 0; i < COUNT; i++)
        cr_assert_not_null(args[i] = strdup(words[i]));
    int status = setup_main(COUNT, args);
    for (size_t i = 0; i < COUNT; i++)
        free(args[i]);
    return status;
}

static const char *text_of(const char *path, struct buffer *out) {
    struct error err;
    *out = (struct buffer){0};
    cr_assert_eq(file_read(path, 1 << 16, out, &err), ERROR_OK, "%s", err.message);
    return buffer_text(out);
}

Test(setup, what_it_writes_can_be_read_and_works_from_anywhere) {
    char folder[64], wanted[128];
    struct config config;
    struct settings settings;
    struct error err;
    struct stat key;
    enter(folder);
    cr_assert_eq(run(KEY, "tcp://centre.example:5557", "qingchuan", "drop"), 0);
    cr_assert_eq(stat("agent/agent.key", &key), 0);
    cr_expect_eq(key.st_mode & 0777, 0600, "a secret key is its owner's alone");
    cr_assert_eq(config_load(&config, &settings_program, "agent/collector.yaml", NULL, 0, &settings, &err), ERROR_OK,
                 "%s", err.message);
    cr_expect_str_eq(settings.stream, "qingchuan");
    cr_expect_str_eq(settings.unit, "青川县");
    cr_assert_eq(settings.sources.count, 1);
    snprintf(wanted, sizeof wanted, "%s/drop", folder);
    cr_expect_str_eq(settings.sources.items[0].folder, wanted,
                     "where the person stood, not where the configuration is");
    settings_finish(&settings);
    config_finish(&config);
}

Test(setup, a_second_run_overwrites_nothing) {
    char folder[64];
    struct buffer key, config, again;
    enter(folder);
    cr_assert_eq(run(KEY, "tcp://centre.example:5557", "qingchuan", "drop"), 0);
    text_of("agent/agent.key", &key);
    text_of("agent/collector.yaml", &config);
    cr_assert_eq(run(OTHER_KEY, "tcp://other.example:5557", "jiange", "drop"), 0);
    cr_expect_str_eq(text_of("agent/agent.key", &again), buffer_text(&key), "its fingerprint may be registered");
    buffer_finish(&again);
    cr_expect_str_eq(text_of("agent/collector.yaml", &again), buffer_text(&config));
    buffer_finish(&again);
    buffer_finish(&key);
    buffer_finish(&config);
}

Test(setup, wrong_answers_make_nothing) {
    static const struct {
        const char *key, *server, *stream, *folder;
    } rows[] = {
        {KEY, "centre.example:5557", "qingchuan", "drop"},
        {KEY, "tcp://centre.example", "qingchuan", "drop"},
        {KEY, "tcp://centre.example:5557", "青川", "drop"},
        {KEY, "tcp://centre.example:5557", "qingchuan", "nowhere"},
        {"short", "tcp://centre.example:5557", "qingchuan", "drop"},
    };
    char folder[64];
    enter(folder);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect_eq(run(rows[i].key, rows[i].server, rows[i].stream, rows[i].folder), 2, "%zu", i);
        cr_expect_not(file_exists("agent"), "%zu", i);
    }
}
