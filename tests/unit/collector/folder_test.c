#include "services/collector/folder.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

Test(folder, lock_and_temporary_names_are_nobodys) {
    static const char *const ignored[] = {"~$报表.xlsx",  ".~报表.et",         "a.tmp",  "a.TMP",
                                          "a.csv.part",   ".hidden",           "a.csv~", "Thumbs.db",
                                          "a.crdownload", "报表.rejected.csv", "~lock"};
    static const char *const taken[] = {"报表.csv", "a.jsonl", "最终版(2).csv", "报表.xlsx", "part.csv", "a.csv.1"};
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
        cr_expect(folder_ignores(ignored[i]), "%s", ignored[i]);
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        cr_expect_not(folder_ignores(taken[i]), "%s", taken[i]);
}

Test(folder, files_come_by_name_and_folders_do_not) {
    char folder[] = "/tmp/duban-folder-XXXXXX", path[128], command[128];
    cr_assert_not_null(mkdtemp(folder));
    static const char *const names[] = {"b.csv", "a.csv", "c.tmp"};
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        FILE *file = fopen(path, "w");
        fputs("12345", file);
        fclose(file);
    }
    snprintf(path, sizeof path, "%s/sub", folder);
    cr_assert_eq(mkdir(path, 0700), 0);
    struct folder_list list;
    struct error err;
    cr_assert_eq(folder_read(folder, &list, &err), ERROR_OK);
    cr_assert_eq(list.count, 2);
    cr_assert_str_eq(list.files[0].name, "a.csv");
    cr_assert_str_eq(list.files[1].name, "b.csv");
    cr_assert_eq(list.files[0].size, 5);
    folder_list_finish(&list);
    cr_assert_eq(folder_read("/nowhere/at/all", &list, &err), ERROR_IO);
    folder_list_finish(&list);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    cr_assert_eq(system(command), 0);
}

Test(folder, a_file_is_taken_when_two_looks_are_alike_and_far_enough_apart) {
    struct source_look look = {.found = false};
    struct folder_file file = {.name = NULL, .size = 10, .mtime_ns = 1};
    struct instant again;
    bool changed;
    cr_assert_eq(folder_judge(&file, (struct instant){1000}, 60000, &look, &changed, &again), FOLDER_WAIT);
    cr_assert(changed);
    cr_assert_eq(again.ms, 61000);
    cr_assert_eq(folder_judge(&file, (struct instant){60999}, 60000, &look, &changed, &again), FOLDER_WAIT);
    cr_assert_not(changed);
    file.size = 12; /* it grew */
    cr_assert_eq(folder_judge(&file, (struct instant){61000}, 60000, &look, &changed, &again), FOLDER_WAIT);
    cr_assert_eq(again.ms, 121000);
    cr_assert_eq(look.first.ms, 1000, "first seen stays");
    cr_assert_eq(folder_judge(&file, (struct instant){121000}, 60000, &look, &changed, &again), FOLDER_READY);
    look.decided = true;
    cr_assert_eq(folder_judge(&file, (struct instant){200000}, 60000, &look, &changed, &again), FOLDER_DONE);
    file.mtime_ns = 2; /* written again */
    cr_assert_eq(folder_judge(&file, (struct instant){300000}, 60000, &look, &changed, &again), FOLDER_WAIT);
    cr_assert_not(look.decided);
    cr_assert_eq(look.first.ms, 300000);
}
