/* The pages' files, whole in memory: index.html, and a/NAME whose names hold a hash of their bytes, so that they never
 * change. Read once at start; read-only afterwards but for the answers http makes of them. */
#ifndef DUBAN_BOARD_ASSETS_H
#define DUBAN_BOARD_ASSETS_H

#include "services/board/snapshot.h"

struct asset {
    char *name; /* "index.html", "board-0123456789ab.js" */
    const char *type;
    bool immutable;
    struct rendering *rendering;
};
struct assets {
    struct asset *items; /* by name */
    size_t count;
};
/* folder holds index.html and a/; NAME.gz beside NAME is its gzip. ERROR_IO, ERROR_INPUT (no index.html). */
__attribute__((warn_unused_result)) enum error_code assets_read(const char *folder, struct assets *out,
                                                                struct error *err);
void assets_finish(struct assets *assets);
struct asset *assets_find(const struct assets *assets, const char *name); /* NULL = none */
const char *asset_type(const char *name); /* of its extension; NULL = not one of ours */

#endif
