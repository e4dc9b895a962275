/* The pages' files: types, names with a hash, their gzip. */
#include <criterion/criterion.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/base/file.h"
#include "services/board/assets.h"

static char folder[] = "/tmp/duban-assets-XXXXXX";
static struct error err;

static void put(const char *name, const char *text) {
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    cr_assert_eq(file_write_fast(path, text, strlen(text), 0644, &err), ERROR_OK, "%s", err.message);
}

static void begin(void) {
    char below[128];
    cr_assert_geq(sodium_init(), 0);
    cr_assert(mkdtemp(folder));
    snprintf(below, sizeof below, "%s/a", folder);
    cr_assert_eq(mkdir(below, 0755), 0);
}

static void end(void) {
    char command[160];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    cr_expect_eq(system(command), 0);
}
TestSuite(assets, .init = begin, .fini = end);

Test(assets, files_are_found_by_name) {
    struct assets assets;
    put("index.html", "<!doctype html><title>督办</title>");
    put("a/board-0123456789ab.js", "console.log('a long text, a long text, a long text')");
    put("a/board-0123456789ab.js.gz", "packed");
    put("a/plain.css", "p{}");
    put("a/notes.md", "not served");
    put("a/.hidden.js", "not served");
    cr_assert_eq(assets_read(folder, &assets, &err), ERROR_OK, "%s", err.message);
    cr_expect_eq(assets.count, 3);
    struct asset *script = assets_find(&assets, "board-0123456789ab.js");
    cr_assert_not_null(script);
    cr_expect_str_eq(script->type, "text/javascript; charset=utf-8");
    cr_expect(script->immutable);
    cr_expect_str_eq(script->rendering->gzip->bytes, "packed");
    cr_expect_not(assets_find(&assets, "plain.css")->immutable);
    cr_expect_str_eq(assets_find(&assets, "index.html")->type, "text/html; charset=utf-8");
    cr_expect_null(assets_find(&assets, "notes.md"));
    cr_expect_null(assets_find(&assets, ".hidden.js"));
    assets_finish(&assets);
}

Test(assets, without_its_page_a_folder_is_refused) {
    struct assets assets;
    put("a/plain.css", "p{}");
    cr_expect_eq(assets_read(folder, &assets, &err), ERROR_INPUT);
    cr_expect(strstr(err.message, "index.html"), "%s", err.message);
    assets_finish(&assets);
    cr_expect_eq(assets_read("/nonexistent", &assets, &err), ERROR_IO);
    assets_finish(&assets);
}
