/* Text of a workbook: the shared strings, and what rich text consists of. */
#ifndef DUBAN_COLLECTOR_WORKBOOK_STRINGS_H
#define DUBAN_COLLECTOR_WORKBOOK_STRINGS_H

#include "services/collector/workbook_package.h"

/* The text of one <si> or <is>: all its <t> joined, without the phonetic ones. */
struct rich_text {
    struct buffer text;
    bool struck; /* a run of it */
    unsigned phonetic;
    bool in_text;
};
void rich_text_clear(struct rich_text *text);
void rich_text_begin(struct rich_text *text, const char *name, const char **attributes);
void rich_text_end(struct rich_text *text, const char *name);
void rich_text_add(struct rich_text *text, const char *more, size_t len);
/* _x000D_ and the like become what they stand for, spaces and line breaks at both ends go. Borrows, changes the
 * buffer. */
struct slice rich_text_finish(struct rich_text *text);

struct strings {
    struct buffer text;
    struct sheet_cell_data *items; /* in text; marks: SHEET_STRUCK */
    size_t count, capacity;
};
bool strings_read(struct package *package, const char *part, struct arena *arena, struct strings *out,
                  struct refusal *refusal);
void strings_finish(struct strings *strings);

#endif
