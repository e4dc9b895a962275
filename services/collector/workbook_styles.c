#include "services/collector/workbook_styles.h"

#include <stdlib.h>
#include <string.h>

enum { STYLES_MAX = 65536, PLAIN_FORMAT = 0 };

enum section { SECTION_NONE, SECTION_FORMATS, SECTION_FONTS, SECTION_CELLS };
struct styles_reader {
    struct styles *out;
    enum section section;
    struct number_format {
        size_t id, format;
    } * formats;
    size_t format_count, format_capacity;
    bool *struck;
    size_t font_count, font_capacity;
};

static void *grow(void *items, size_t count, size_t *capacity, size_t size, bool *failed) {
    if (count < *capacity) return items;
    size_t wanted = *capacity ? *capacity * 2 : 64;
    void *grown = count >= STYLES_MAX ? NULL : realloc(items, wanted * size);
    if (!grown) {
        *failed = true;
        return items;
    }
    *capacity = wanted;
    return grown;
}

static size_t add_format(struct styles *out, struct cell_format format) {
    for (size_t i = 0; i < out->format_count; i++)
        if (out->formats[i].kind == format.kind && out->formats[i].shift == format.shift &&
            strcmp(out->formats[i].unit, format.unit) == 0)
            return i;
    out->formats = grow(out->formats, out->format_count, &out->format_capacity, sizeof *out->formats, &out->failed);
    if (out->failed) return PLAIN_FORMAT;
    out->formats[out->format_count] = format;
    return out->format_count++;
}

/* Those without a code of their own; 27 to 36 and 50 to 58 are the Chinese ones. */
static struct cell_format built_in(size_t id) {
    enum format_kind kind = FORMAT_NUMBER;
    if (id == 9 || id == 10) return (struct cell_format){.kind = FORMAT_PERCENT, .shift = 2};
    if (id == 14 || id == 15 || id == 16 || id == 22 || (id >= 28 && id <= 31) || id == 51 || id == 53 || id == 54 ||
        id == 58)
        kind = FORMAT_DATE;
    if (id == 17 || id == 27 || id == 36 || id == 50 || id == 52 || id == 57) kind = FORMAT_MONTH;
    if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47) || id == 55 || id == 56)
        kind = FORMAT_TIME;
    return (struct cell_format){.kind = kind};
}

static void take_format(struct styles_reader *in, const char **attributes) {
    const char *code = part_attribute(attributes, "formatCode");
    in->formats = grow(in->formats, in->format_count, &in->format_capacity, sizeof *in->formats, &in->out->failed);
    if (!code || in->out->failed) return;
    in->formats[in->format_count++] = (struct number_format){part_attribute_number(attributes, "numFmtId", 0),
                                                             add_format(in->out, format_read(code))};
}

static void take_font(struct styles_reader *in) {
    in->struck = grow(in->struck, in->font_count, &in->font_capacity, sizeof *in->struck, &in->out->failed);
    if (!in->out->failed) in->struck[in->font_count++] = false;
}

static size_t format_of(struct styles_reader *in, size_t id) {
    for (size_t i = 0; i < in->format_count; i++)
        if (in->formats[i].id == id) return in->formats[i].format;
    return add_format(in->out, built_in(id));
}

static void take_cell_style(struct styles_reader *in, const char **attributes) {
    struct styles *out = in->out;
    size_t font = part_attribute_number(attributes, "fontId", 0);
    struct cell_style style = {
        .format = (uint16_t)format_of(in, part_attribute_number(attributes, "numFmtId", 0)),
        .struck = font < in->font_count && in->struck[font],
    };
    out->cells = grow(out->cells, out->cell_count, &out->cell_capacity, sizeof *out->cells, &out->failed);
    if (!out->failed) out->cells[out->cell_count++] = style;
}

static bool on_begin(void *context, const char *name, const char **attributes) {
    struct styles_reader *in = context;
    switch (in->section) {
    case SECTION_NONE:
        if (strcmp(name, "numFmts") == 0) in->section = SECTION_FORMATS;
        if (strcmp(name, "fonts") == 0) in->section = SECTION_FONTS;
        if (strcmp(name, "cellXfs") == 0) in->section = SECTION_CELLS;
        break;
    case SECTION_FORMATS:
        if (strcmp(name, "numFmt") == 0) take_format(in, attributes);
        break;
    case SECTION_FONTS:
        if (strcmp(name, "font") == 0) take_font(in);
        if (strcmp(name, "strike") == 0 && in->font_count)
            in->struck[in->font_count - 1] = part_attribute_is(attributes, "val", true);
        break;
    case SECTION_CELLS:
        if (strcmp(name, "xf") == 0) take_cell_style(in, attributes);
        break;
    }
    return !in->out->failed;
}

static bool on_end(void *context, const char *name) {
    struct styles_reader *in = context;
    static const char *const sections[] = {"", "numFmts", "fonts", "cellXfs"};
    if (in->section != SECTION_NONE && strcmp(name, sections[in->section]) == 0) in->section = SECTION_NONE;
    return true;
}

bool styles_read(struct package *package, const char *part, struct styles *out, struct refusal *refusal) {
    static const struct part_handlers handlers = {.begin = on_begin, .end = on_end};
    struct styles_reader in = {.out = out};
    *out = (struct styles){.failed = false};
    *refusal = (struct refusal){.code = REFUSAL_NONE};
    add_format(out, (struct cell_format){.kind = FORMAT_NUMBER});
    enum part_result result =
        package_has(package, part) ? package_read(package, part, &handlers, &in, refusal) : PART_READ;
    free(in.formats);
    free(in.struck);
    return result == PART_READ && !out->failed;
}

void styles_finish(struct styles *styles) {
    free(styles->formats);
    free(styles->cells);
    memset(styles, 0, sizeof *styles);
}

const struct cell_style *styles_cell(const struct styles *styles, size_t index) {
    static const struct cell_style plain = {.format = PLAIN_FORMAT};
    return index < styles->cell_count ? &styles->cells[index] : &plain;
}

const struct cell_format *styles_format(const struct styles *styles, const struct cell_style *style) {
    return &styles->formats[style->format];
}
