/* The zip file around a workbook, and its XML parts as a stream of elements. Nothing is unpacked to disk or held whole;
 * each part has its caps. The only user of zip.h and expat.h. */
#ifndef DUBAN_COLLECTOR_WORKBOOK_PACKAGE_H
#define DUBAN_COLLECTOR_WORKBOOK_PACKAGE_H

#include "services/collector/workbook.h"

struct package;

bool package_open(struct slice bytes, FILE *file, const struct workbook_limits *limits, struct arena *arena,
                  struct package **out, struct refusal *refusal);
void package_destroy(struct package **package);
bool package_has(const struct package *package, const char *part);

/* What a part's elements mean to its reader. Names come without their prefix. A handler that returns false ends the
 * part; why is in the reader's own context. */
struct part_handlers {
    bool (*begin)(void *context, const char *name, const char **attributes);
    bool (*end)(void *context, const char *name);
    bool (*text)(void *context, const char *text, size_t len);
    /* A way past the XML parser for elements in their plainest form: asked between two tags whether it may be tried,
     * then offered the bytes from there on. What it takes must be whole elements. Both NULL: none. */
    enum shortcut_state { SHORTCUT_LATER, SHORTCUT_NOW, SHORTCUT_NEVER } (*shortcut_state)(const void *context);
    enum shortcut {
        SHORTCUT_TAKEN, /* *taken bytes */
        SHORTCUT_MORE,  /* it may be, but the bytes end too early */
        SHORTCUT_NO,    /* for the parser */
        SHORTCUT_ENDED, /* as when a handler returns false */
    } (*shortcut)(void *context, const char *bytes, size_t len, size_t *taken);
};
enum part_result {
    PART_READ,
    PART_ENDED,  /* by a handler */
    PART_CAPPED, /* too large, or packed too well: *refusal */
    PART_BROKEN, /* *refusal */
};
enum part_result package_read(struct package *package, const char *part, const struct part_handlers *handlers,
                              void *context, struct refusal *refusal);

/* The value of an attribute by its name without prefix; NULL when it is not there. */
const char *part_attribute(const char **attributes, const char *name);
/* "1", "true" … as XML writes them; absent is `otherwise`. */
bool part_attribute_is(const char **attributes, const char *name, bool otherwise);
/* A whole number; `otherwise` when it is absent or no number. */
size_t part_attribute_number(const char **attributes, const char *name, size_t otherwise);

#endif
