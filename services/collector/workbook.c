#include "services/collector/workbook.h"

#include <stdlib.h>
#include <string.h>

#include "services/collector/workbook_sheet.h"

const struct workbook_limits workbook_limits = {.part_bytes = 512 << 20,
                                                .ratio = 300,
                                                .text_bytes = 32 << 20,
                                                .cells = 4000000,
                                                .rows = SHEET_ROWS_MAX,
                                                .columns = SHEET_COLUMNS_MAX,
                                                .blank_rows = 200};

enum { SHEETS_MAX = 512, PART_NAME_MAX = 256, RELATIONS_MAX = 2048 };

struct relation {
    const char *id, *type, *target; /* target as a part's name */
};
struct relations {
    const char *folder; /* of the part they belong to: "xl" */
    struct arena *arena;
    struct relation items[RELATIONS_MAX];
    size_t count;
};

struct workbook_sheet {
    const char *name, *part;
    bool hidden;
};
struct workbook {
    struct package *package;
    struct arena *arena;
    const struct workbook_limits *limits;
    struct relations *relations;
    struct workbook_sheet *sheets;
    size_t sheet_count;
    struct styles styles;
    struct strings strings;
    bool from_1904, compute_anew;
};

/* --- relations: which part is which --- */

/* A target is relative to its part's folder, or begins with a slash; .. goes up. */
static const char *part_name(struct arena *arena, const char *folder, const char *target) {
    if (*target == '/') return arena_copy(arena, target + 1);
    while (strncmp(target, "../", 3) == 0 || strncmp(target, "./", 2) == 0) {
        if (target[1] == '.') folder = "";
        target += target[1] == '.' ? 3 : 2;
    }
    return *folder ? say(arena, "%s/%s", folder, target) : arena_copy(arena, target);
}

static bool on_relation(void *context, const char *name, const char **attributes) {
    struct relations *out = context;
    const char *id = part_attribute(attributes, "Id"), *type = part_attribute(attributes, "Type");
    const char *target = part_attribute(attributes, "Target"), *mode = part_attribute(attributes, "TargetMode");
    if (strcmp(name, "Relationship") != 0 || !id || !type || !target || (mode && strcmp(mode, "External") == 0))
        return true;
    if (out->count == RELATIONS_MAX || strlen(target) > PART_NAME_MAX) return true;
    const char *slash = strrchr(type, '/'); /* transitional and strict files differ before it */
    out->items[out->count++] =
        (struct relation){arena_copy(out->arena, id), arena_copy(out->arena, slash ? slash + 1 : type),
                          part_name(out->arena, out->folder, target)};
    return true;
}

static bool read_relations(struct workbook *workbook, const char *part, const char *folder, struct refusal *refusal) {
    static const struct part_handlers handlers = {.begin = on_relation};
    *workbook->relations = (struct relations){.folder = folder, .arena = workbook->arena};
    return package_read(workbook->package, part, &handlers, workbook->relations, refusal) == PART_READ;
}

static const char *part_of_type(const struct workbook *workbook, const char *type) {
    for (size_t i = 0; i < workbook->relations->count; i++)
        if (strcmp(workbook->relations->items[i].type, type) == 0) return workbook->relations->items[i].target;
    return NULL;
}

static const char *sheet_part(const struct workbook *workbook, const char *id) {
    for (size_t i = 0; i < workbook->relations->count; i++) {
        const struct relation *relation = &workbook->relations->items[i];
        if (strcmp(relation->id, id) == 0) return strcmp(relation->type, "worksheet") == 0 ? relation->target : NULL;
    }
    return NULL;
}

/* --- the workbook part --- */

static void take_sheet(struct workbook *workbook, const char **attributes) {
    const char *name = part_attribute(attributes, "name"), *state = part_attribute(attributes, "state");
    const char *id = part_attribute(attributes, "id"); /* r:id */
    const char *part = id && name && workbook->sheet_count < SHEETS_MAX ? sheet_part(workbook, id) : NULL;
    if (!part) return;
    workbook->sheets[workbook->sheet_count++] = (struct workbook_sheet){
        .name = shown(workbook->arena, slice_of(name)), .part = part, .hidden = state && strcmp(state, "visible") != 0};
}

static bool on_workbook(void *context, const char *name, const char **attributes) {
    struct workbook *workbook = context;
    if (strcmp(name, "sheet") == 0) take_sheet(workbook, attributes);
    if (strcmp(name, "workbookPr") == 0) workbook->from_1904 = part_attribute_is(attributes, "date1904", false);
    /* programs that cannot compute write 0 as the result and leave this word to those that can */
    if (strcmp(name, "calcPr") == 0) workbook->compute_anew = part_attribute_is(attributes, "fullCalcOnLoad", false);
    return true;
}

static bool read_parts(struct workbook *workbook, const char *part, struct refusal *refusal) {
    static const struct part_handlers handlers = {.begin = on_workbook};
    const char *slash = strrchr(part, '/');
    const char *folder = slash ? arena_text(workbook->arena, part, (size_t)(slash - part)) : "";
    const char *file = slash ? slash + 1 : part;
    const char *relations = say(workbook->arena, "%s%s_rels/%s.rels", folder, *folder ? "/" : "", file);
    if (!read_relations(workbook, relations, folder, refusal)) return false;
    workbook->sheets = arena_array(workbook->arena, SHEETS_MAX, sizeof *workbook->sheets);
    if (!workbook->sheets) return false;
    if (package_read(workbook->package, part, &handlers, workbook, refusal) != PART_READ) return false;
    if (workbook->sheet_count == 0) {
        *refusal = refuse(workbook->arena, REFUSAL_SHEET_MISSING, NO_COLUMN, "工作簿里没有工作表");
        return false;
    }
    const char *styles = part_of_type(workbook, "styles"), *strings = part_of_type(workbook, "sharedStrings");
    if (!styles_read(workbook->package, styles ? styles : "", &workbook->styles, refusal)) return false;
    workbook->strings.text.max = workbook->limits->text_bytes;
    return !strings || !package_has(workbook->package, strings) ||
           strings_read(workbook->package, strings, workbook->arena, &workbook->strings, refusal);
}

/* --- what a zip file is, if no workbook --- */

static bool name_foreign(const struct workbook *workbook, struct refusal *refusal) {
    static const struct {
        const char *part;
        enum refusal_code code;
        const char *reason;
    } signs[] = {
        {"xl/workbook.bin", REFUSAL_WORKBOOK_BINARY, "这是 .xlsb 格式"},
        {"word/document.xml", REFUSAL_DOCUMENT, "这是 Word 文档（.docx），不是表格"},
        {"ppt/presentation.xml", REFUSAL_DOCUMENT, "这是演示文稿（.pptx），不是表格"},
        {"META-INF/manifest.xml", REFUSAL_OPEN_DOCUMENT, "这是 OpenDocument 格式（.ods、.odt）"},
        {"OFD.xml", REFUSAL_DOCUMENT, "这是版式文件（.ofd），不是表格"},
    };
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (package_has(workbook->package, signs[i].part)) {
            *refusal = refuse(workbook->arena, signs[i].code, NO_COLUMN, "%s", signs[i].reason);
            return true;
        }
    if (package_has(workbook->package, "[Content_Types].xml")) return false;
    *refusal = refuse(workbook->arena, REFUSAL_ARCHIVE, NO_COLUMN, "这是压缩包（.zip）");
    return true;
}

static bool open_all(struct workbook *workbook, struct refusal *refusal) {
    if (name_foreign(workbook, refusal)) return false;
    const char *part = NULL;
    if (package_has(workbook->package, "_rels/.rels") && read_relations(workbook, "_rels/.rels", "", refusal))
        part = part_of_type(workbook, "officeDocument");
    if (refusal->code) return false;
    if (!part) part = "xl/workbook.xml";
    return read_parts(workbook, part, refusal);
}

bool workbook_open(struct slice bytes, FILE *file, const struct workbook_limits *limits, struct arena *arena,
                   struct workbook **out, struct refusal *refusal) {
    *refusal = (struct refusal){.code = REFUSAL_NONE};
    struct workbook *workbook = *out = calloc(1, sizeof *workbook);
    if (workbook) {
        workbook->arena = arena;
        workbook->limits = limits;
        workbook->relations = arena_array(arena, 1, sizeof *workbook->relations);
    }
    bool opened = workbook && workbook->relations &&
                  package_open(bytes, file, limits, arena, &workbook->package, refusal) && open_all(workbook, refusal);
    if (!opened && !refusal->code) *refusal = refuse(arena, REFUSAL_WORKBOOK_BROKEN, NO_COLUMN, "内存不够");
    if (!opened) workbook_destroy(out);
    return opened;
}

void workbook_destroy(struct workbook **workbook) {
    if (!*workbook) return;
    styles_finish(&(*workbook)->styles);
    strings_finish(&(*workbook)->strings);
    package_destroy(&(*workbook)->package);
    free(*workbook);
    *workbook = NULL;
}

size_t workbook_sheet_count(const struct workbook *workbook) {
    return workbook->sheet_count;
}
const char *workbook_sheet_name(const struct workbook *workbook, size_t index) {
    return workbook->sheets[index].name;
}
bool workbook_sheet_hidden(const struct workbook *workbook, size_t index) {
    return workbook->sheets[index].hidden;
}

bool workbook_read(struct workbook *workbook, size_t index, struct sheet *out, struct workbook_extent *extent,
                   struct refusal *refusal) {
    struct sheet_source source = {.package = workbook->package,
                                  .part = workbook->sheets[index].part,
                                  .name = workbook->sheets[index].name,
                                  .styles = &workbook->styles,
                                  .strings = &workbook->strings,
                                  .limits = workbook->limits,
                                  .arena = workbook->arena,
                                  .from_1904 = workbook->from_1904,
                                  .compute_anew = workbook->compute_anew};
    *extent = (struct workbook_extent){.line = 0};
    return workbook_sheet_read(&source, out, extent, refusal);
}
