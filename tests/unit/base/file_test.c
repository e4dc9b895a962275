#include "common/base/file.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/cleanup.h"

static char *make_folder(void) {
    char *folder = strdup("/tmp/duban-file-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
    return folder;
}

static void remove_folder(char **folder) {
    char command[256];
    snprintf(command, sizeof command, "rm -rf '%s'", *folder);
    cr_assert_eq(system(command), 0);
    free(*folder);
}

Test(file, is_replaced_whole_and_read_back) {
    CLEAN(remove_folder) char *folder = make_folder();
    AUTO_FREE char *path = path_join(folder, "a.txt");
    struct error err = {0};
    cr_assert_eq(file_write(path, "one", 3, 0640, &err), ERROR_OK, "%s", err.message);
    cr_assert_eq(file_write_fast(path, "second", 6, 0600, &err), ERROR_OK, "%s", err.message);
    CLEAN(buffer_finish) struct buffer bytes = {0};
    cr_assert_eq(file_read(path, 6, &bytes, &err), ERROR_OK, "%s", err.message);
    cr_assert_str_eq(buffer_text(&bytes), "second");
    struct stat st;
    cr_assert_eq(stat(path, &st), 0);
    cr_assert_eq(st.st_mode & 0777, 0600);
    cr_assert_eq(file_read(path, 5, &bytes, &err), ERROR_INPUT, "one byte over the cap");
}

Test(file, refuses_what_is_no_file) {
    CLEAN(remove_folder) char *folder = make_folder();
    AUTO_FREE char *fifo = path_join(folder, "fifo");
    AUTO_FREE char *none = path_join(folder, "none");
    CLEAN(buffer_finish) struct buffer bytes = {0};
    struct error err = {0};
    cr_assert_eq(mkfifo(fifo, 0600), 0);
    cr_assert_eq(file_read(fifo, 10, &bytes, &err), ERROR_INPUT, "and does not wait for a writer");
    cr_assert_eq(file_read(folder, 10, &bytes, &err), ERROR_INPUT);
    cr_assert_eq(file_read(none, 10, &bytes, &err), ERROR_NOT_FOUND);
    cr_assert_eq(file_read("/dev/zero", 10, &bytes, &err), ERROR_INPUT);
}

Test(file, write_leaves_nothing_behind_when_it_fails) {
    CLEAN(remove_folder) char *folder = make_folder();
    AUTO_FREE char *path = path_join(folder, "sub");
    struct error err = {0};
    cr_assert_eq(mkdir(path, 0700), 0);
    AUTO_FREE char *inside = path_join(path, "x");
    cr_assert_eq(file_write(inside, "x", 1, 0600, &err), ERROR_OK);
    cr_assert_eq(file_write(path, "x", 1, 0600, &err), ERROR_IO, "a folder cannot be replaced");
    cr_assert_eq(unlink(inside), 0);
    cr_assert_eq(rmdir(path), 0);
    cr_assert_eq(rmdir(folder), 0, "no temporary file is left");
    cr_assert_eq(mkdir(folder, 0700), 0);
}

Test(file, makes_folders) {
    CLEAN(remove_folder) char *folder = make_folder();
    AUTO_FREE char *deep = path_join(folder, "a/b//c/");
    struct error err = {0};
    cr_assert_eq(file_make_folders(deep, 0700, &err), ERROR_OK, "%s", err.message);
    cr_assert_eq(file_make_folders(deep, 0700, &err), ERROR_OK);
    cr_assert(file_exists(deep));
    AUTO_FREE char *file = path_join(folder, "file");
    cr_assert_eq(file_write(file, "", 0, 0600, &err), ERROR_OK);
    cr_assert_eq(file_make_folders(file, 0700, &err), ERROR_IO);
    AUTO_FREE char *below = path_join(file, "x");
    cr_assert_eq(file_make_folders(below, 0700, &err), ERROR_IO);
}

Test(path, is_joined_and_split) {
    static const struct {
        const char *folder, *path, *expected;
    } joins[] = {
        {"/etc/duban", "keys/a", "/etc/duban/keys/a"},
        {"/etc/duban/", "./a", "/etc/duban/a"},
        {"/etc/duban", "/abs", "/abs"},
        {"", "a", "a"},
        {"/", "a", "/a"},
        {"/x", ".", "/x"},
        {"/x", "", "/x"},
        {"/x", "../a", "/x/../a"},
    };
    for (size_t i = 0; i < sizeof joins / sizeof joins[0]; i++) {
        AUTO_FREE char *joined = path_join(joins[i].folder, joins[i].path);
        cr_assert_str_eq(joined, joins[i].expected);
    }
    static const char *const folders[][3] = {
        {"a/b.yaml", "a", "b.yaml"}, {"b.yaml", ".", "b.yaml"}, {"/b", "/", "b"}, {"/x/y/", "/x/y", ""}};
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        AUTO_FREE char *folder = path_folder(folders[i][0]);
        cr_assert_str_eq(folder, folders[i][1]);
        cr_assert_str_eq(path_name(folders[i][0]), folders[i][2]);
    }
    AUTO_FREE char *absolute = path_absolute("x");
    cr_assert_eq(absolute[0], '/');
}
