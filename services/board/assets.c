#include "services/board/assets.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/file.h"

enum { ASSET_BYTES_MAX = 4 << 20, ASSETS_MAX = 256 };

const char *asset_type(const char *name) {
    static const struct {
        const char *ending, *type;
    } types[] = {{".html", "text/html; charset=utf-8"},     {".js", "text/javascript; charset=utf-8"},
                 {".css", "text/css; charset=utf-8"},       {".svg", "image/svg+xml"},
                 {".json", "application/json"},             {".ico", "image/x-icon"},
                 {".png", "image/png"},                     {".webmanifest", "application/manifest+json"},
                 {".txt", "text/plain; charset=utf-8"}};
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < sizeof types / sizeof *types; i++)
        if (strcmp(dot, types[i].ending) == 0) return types[i].type;
    return NULL;
}

/* "board-0123456789ab.js": twelve hex digits before the ending. */
static bool has_hash(const char *name) {
    const char *dot = strrchr(name, '.');
    if (!dot || dot - name < 14 || dot[-13] != '-') return false;
    for (int i = 1; i <= 12; i++)
        if (!strchr("0123456789abcdef", dot[-i])) return false;
    return true;
}

static enum error_code read_one(const char *folder, const char *name, struct asset *out, struct error *err) {
    AUTO_FREE char *path = path_join(folder, name);
    CLEAN(buffer_finish) struct buffer text = {0}, packed = {0};
    if (!path) return error_set(err, ERROR_MEMORY, "out of memory");
    enum error_code code = file_read(path, ASSET_BYTES_MAX, &text, err);
    if (code) return code;
    *out = (struct asset){.name = strdup(name), .type = asset_type(name), .immutable = has_hash(name),
                          .rendering = rendering_create(buffer_text(&text), text.len)};
    if (!out->name || !out->rendering) return error_set(err, ERROR_MEMORY, "out of memory for %s", path);
    AUTO_FREE char *beside = NULL;
    if (asprintf(&beside, "%s.gz", path) < 0) return error_set(err, ERROR_MEMORY, "out of memory");
    if (!file_exists(beside)) return ERROR_OK;
    code = file_read(beside, ASSET_BYTES_MAX, &packed, err);
    if (code) return code;
    blob_drop(&out->rendering->gzip);
    out->rendering->gzip = packed.len < text.len ? blob_create(buffer_text(&packed), packed.len) : NULL;
    return ERROR_OK;
}

static enum error_code read_folder(const char *folder, struct assets *out, struct error *err) {
    DIR *open = opendir(folder);
    enum error_code code = ERROR_OK;
    if (!open) return error_set_errno(err, ERROR_IO, errno, "cannot read the folder of the pages %s (`assets`)", folder);
    for (struct dirent *entry; !code && (entry = readdir(open));) {
        if (*entry->d_name == '.' || !asset_type(entry->d_name)) continue;
        if (out->count == ASSETS_MAX) code = error_set(err, ERROR_INPUT, "%s holds more than %d files", folder, ASSETS_MAX);
        else if (!(code = read_one(folder, entry->d_name, &out->items[out->count], err))) out->count++;
    }
    (void)closedir(open);
    return code;
}

static int by_name(const void *a, const void *b) {
    return strcmp(((const struct asset *)a)->name, ((const struct asset *)b)->name);
}

enum error_code assets_read(const char *folder, struct assets *out, struct error *err) {
    AUTO_FREE char *below = path_join(folder, "a");
    *out = (struct assets){.items = calloc(ASSETS_MAX + 1, sizeof *out->items)};
    if (!out->items || !below) return error_set(err, ERROR_MEMORY, "out of memory");
    enum error_code code = read_folder(folder, out, err);
    if (!code) code = read_folder(below, out, err);
    if (code) return code;
    qsort(out->items, out->count, sizeof *out->items, by_name);
    return assets_find(out, "index.html") ? ERROR_OK
                                          : error_set(err, ERROR_INPUT, "%s has no index.html: `assets` is share/duban/board "
                                                      "of the installation", folder);
}

struct asset *assets_find(const struct assets *assets, const char *name) {
    size_t low = 0, high = assets->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(assets->items[middle].name, name);
        if (order == 0) return &assets->items[middle];
        if (order < 0) low = middle + 1;
        else high = middle;
    }
    return NULL;
}

void assets_finish(struct assets *assets) {
    for (size_t i = 0; i < assets->count; i++) {
        free(assets->items[i].name);
        rendering_drop(&assets->items[i].rendering);
    }
    free(assets->items);
    *assets = (struct assets){0};
}
