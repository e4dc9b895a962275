#include "services/cli/director.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/base/file.h"
#include "services/cli/director_act.h"

static struct instant at(const char *text) {
    struct instant out;
    cr_assert(instant_parse(text, strlen(text), &out), "%s", text);
    return out;
}

/* "the earliest of the next line of its script, the earliest next_check_at …, the next midnight" and the end */
Test(director, goes_to_the_earliest) {
    struct script_line line = {.at = at("2021-02-03T09:30:00+08:00")};
    struct script script = {.lines = &line, .count = 1};
    static const struct {
        const char *now, *due, *until;
        size_t done;
        const char *next;
    } rows[] = {
        {"2021-02-03T00:00:00+08:00", NULL, "2022-01-01T00:00:00+08:00", 0, "2021-02-03T09:30:00+08:00"},
        {"2021-02-03T00:00:00+08:00", "2021-02-03T08:30:00+08:00", "2022-01-01T00:00:00+08:00", 0,
         "2021-02-03T08:30:00+08:00"},
        {"2021-02-03T00:00:00+08:00", "2021-02-04T08:30:00+08:00", "2022-01-01T00:00:00+08:00", 1,
         "2021-02-04T00:00:00+08:00"},
        {"2021-02-03T10:00:00+08:00", "2021-02-03T10:00:00+08:00", "2022-01-01T00:00:00+08:00", 1,
         "2021-02-04T00:00:00+08:00"},
        {"2021-02-03T10:00:00+08:00", NULL, "2021-02-03T12:00:00+08:00", 1, "2021-02-03T12:00:00+08:00"},
        {"2021-02-03T09:30:00+08:00", NULL, "2022-01-01T00:00:00+08:00", 0, "2021-02-03T09:30:00+08:00"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct instant next = director_next(&script, rows[i].done, at(rows[i].now),
                                            rows[i].due ? at(rows[i].due) : INSTANT_NONE, at(rows[i].until));
        cr_expect_eq(next.ms, at(rows[i].next).ms, "row %zu", i);
    }
}

struct folder {
    char path[32];
};
static struct folder make_folder(void) {
    struct folder folder = {"/tmp/duban-director-XXXXXX"};
    cr_assert(mkdtemp(folder.path));
    return folder;
}

static void put(const char *folder, const char *name, const char *text) {
    AUTO_FREE char *path = path_join(folder, name);
    cr_assert_eq(file_write(path, text, strlen(text), 0644, NULL), ERROR_OK);
}

static void expect(const char *folder, const char *name, const char *text) {
    AUTO_FREE char *path = path_join(folder, name);
    CLEAN(buffer_finish) struct buffer bytes = {0};
    if (!text) {
        cr_expect_not(file_exists(path), "%s", name);
        return;
    }
    cr_assert_eq(file_read(path, 1000, &bytes, NULL), ERROR_OK, "%s", name);
    cr_expect_str_eq(buffer_text(&bytes), text);
}

Test(director, does_what_a_line_says) {
    struct folder folder = make_folder();
    struct error err = {0};
    put(folder.path, "a", "one\n");
    char a[] = "a", b[] = "b", c[] = "c", good[] = "cat a b > d && pwd > e", bad[] = "exit 1";
    struct script_line lines[] = {{.verb = SCRIPT_DROP, .source = a, .target = b},
                                  {.verb = SCRIPT_APPEND, .source = a, .target = b},
                                  {.verb = SCRIPT_RENAME, .source = b, .target = c},
                                  {.verb = SCRIPT_DROP, .source = a, .target = b},
                                  {.verb = SCRIPT_RUN, .source = good}};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        cr_assert_eq(director_act(&lines[i], folder.path, &err), ERROR_OK, "%zu: %s", i, err.message);
    expect(folder.path, "a", "one\n");
    expect(folder.path, "c", "one\none\n");
    expect(folder.path, "d", "one\none\n");
    expect(folder.path, ".b.tmp", NULL);
    struct script_line failing = {.verb = SCRIPT_RUN, .source = bad};
    cr_assert_eq(director_act(&failing, folder.path, &err), ERROR_CONFLICT);
    cr_assert(strstr(err.message, "exit status 1"), "%s", err.message);
    char away[] = "exit 3", broken[] = "exit 4";
    struct script_line unreached = {.verb = SCRIPT_RUN, .source = away},
                       failed = {.verb = SCRIPT_RUN, .source = broken};
    cr_assert_eq(director_act(&unreached, folder.path, &err), ERROR_CONNECTION);
    cr_assert_eq(director_act(&failed, folder.path, &err), ERROR_CONFLICT);
    struct script_line missing = {.verb = SCRIPT_DROP, .source = bad, .target = b};
    cr_assert_eq(director_act(&missing, folder.path, &err), ERROR_NOT_FOUND);
}

/* Killed and started again, it neither forgets a line nor repeats one, and never turns the clock back. */
Test(director, takes_up_where_it_was) {
    struct folder folder = make_folder();
    struct error err = {0};
    AUTO_FREE char *clock = path_join(folder.path, "clock"), *file = path_join(folder.path, "s.txt");
    struct script_line line = {.at = at("2021-02-03T09:30:00+08:00")};
    struct script script = {.lines = &line, .count = 1};
    struct director director = {.clock_file = clock, .script_file = file, .script = &script};
    cr_assert_eq(director_open(&director, at("2021-01-01T00:00:00+08:00"), &err), ERROR_OK);
    cr_assert_eq(director.step, 1);
    cr_assert_eq(director.done, 0);
    director_finish(&director);
    expect(folder.path, "clock", "1 2021-01-01T00:00:00+08:00\n");
    put(folder.path, "clock", "184 2021-07-01T00:00:00+08:00\n");
    put(folder.path, "s.txt.done", "1\n");
    cr_assert_eq(director_open(&director, at("2021-01-01T00:00:00+08:00"), &err), ERROR_OK);
    cr_assert_eq(director.step, 184);
    cr_assert_eq(director.now.ms, at("2021-07-01T00:00:00+08:00").ms);
    cr_assert_eq(director.done, 1);
    director_finish(&director);
    put(folder.path, "s.txt.done", "2\n");
    cr_assert_eq(director_open(&director, at("2021-01-01T00:00:00+08:00"), &err), ERROR_INPUT);
    director_finish(&director);
}
