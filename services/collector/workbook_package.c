#include "services/collector/workbook_package.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

#include "common/base/cleanup.h"
#include "common/base/text.h"

enum {
    ROOM_BYTES = 1 << 17,
    SHORTCUT_MISSES_MAX = 32,
    TOKEN_BYTES_MAX = 1 << 20,
    DEPTH_MAX = 64,
    ENTRIES_MAX = 10000,
    RATIO_FROM = 16 << 20
};

struct package {
    zip_t *zip;
    const struct workbook_limits *limits;
    struct arena *arena;
};

/* --- the container --- */

static zip_source_t *file_source(FILE *file, zip_error_t *error) {
    int fd = dup(fileno(file)); /* the source closes its own */
    FILE *own = fd < 0 ? NULL : fdopen(fd, "rb");
    if (!own) {
        if (fd >= 0) close(fd);
        zip_error_set(error, ZIP_ER_OPEN, 0);
        return NULL;
    }
    zip_source_t *source = zip_source_filep_create(own, 0, -1, error);
    if (!source) fclose(own);
    return source;
}

static zip_t *open_zip(struct slice bytes, FILE *file, zip_error_t *error) {
    zip_source_t *source = file ? file_source(file, error) : zip_source_buffer_create(bytes.ptr, bytes.len, 0, error);
    zip_t *zip = source ? zip_open_from_source(source, ZIP_RDONLY, error) : NULL;
    if (source && !zip) zip_source_free(source);
    return zip;
}

bool package_open(struct slice bytes, FILE *file, const struct workbook_limits *limits, struct arena *arena,
                  struct package **out, struct refusal *refusal) {
    zip_error_t error;
    *out = calloc(1, sizeof **out);
    if (!*out) {
        *refusal = refuse(arena, REFUSAL_WORKBOOK_BROKEN, NO_COLUMN, "内存不够");
        return false;
    }
    **out = (struct package){.limits = limits, .arena = arena};
    zip_error_init(&error);
    (*out)->zip = open_zip(bytes, file, &error);
    if (!(*out)->zip)
        *refusal = refuse(arena, REFUSAL_WORKBOOK_BROKEN, NO_COLUMN, "工作簿的压缩目录读不了（%s）",
                          zip_error_strerror(&error));
    zip_error_fini(&error);
    if (!(*out)->zip) return false;
    if (zip_get_num_entries((*out)->zip, 0) <= ENTRIES_MAX) return true;
    *refusal = refuse(arena, REFUSAL_TOO_LARGE, NO_COLUMN, "里面的文件超过%d个", ENTRIES_MAX);
    return false;
}

void package_destroy(struct package **package) {
    if (!*package) return;
    if ((*package)->zip) zip_discard((*package)->zip);
    free(*package);
    *package = NULL;
}

static zip_int64_t locate(const struct package *package, const char *part) {
    return zip_name_locate(package->zip, part, ZIP_FL_NOCASE);
}

bool package_has(const struct package *package, const char *part) {
    return locate(package, part) >= 0;
}

/* --- attributes --- */

static const char *local_name(const char *name) {
    const char *colon = strchr(name, ':');
    return colon ? colon + 1 : name;
}

const char *part_attribute(const char **attributes, const char *name) {
    for (size_t i = 0; attributes[i]; i += 2)
        if (strcmp(local_name(attributes[i]), name) == 0) return attributes[i + 1];
    return NULL;
}

bool part_attribute_is(const char **attributes, const char *name, bool otherwise) {
    const char *value = part_attribute(attributes, name);
    if (!value) return otherwise;
    return strcmp(value, "0") != 0 && strcmp(value, "false") != 0 && strcmp(value, "off") != 0;
}

size_t part_attribute_number(const char **attributes, const char *name, size_t otherwise) {
    const char *value = part_attribute(attributes, name);
    int64_t number = 0;
    return value && text_to_int(value, strlen(value), &number) && number >= 0 ? (size_t)number : otherwise;
}

/* --- a part as elements --- */

struct reading_part {
    struct package *package;
    const char *part; /* fit for a message */
    XML_Parser parser;
    const struct part_handlers *handlers;
    void *context;
    struct refusal *refusal;
    unsigned depth;
    bool ended;
    uint64_t packed, inflated, parsed; /* bytes; parsed: given to the parser */
    char *room;                        /* begin to end is still to be read */
    size_t begin, end;
    bool last; /* nothing comes after it */
    unsigned misses;
};

#define BREAK(reading, ...)                                                                                            \
    (*(reading)->refusal = refuse((reading)->package->arena, REFUSAL_WORKBOOK_BROKEN, NO_COLUMN, __VA_ARGS__))

static void stop(struct reading_part *reading) {
    XML_StopParser(reading->parser, XML_FALSE);
}

static void on_begin(void *user, const char *name, const char **attributes) {
    struct reading_part *reading = user;
    if (++reading->depth > DEPTH_MAX) {
        BREAK(reading, "工作簿里的 %s 嵌套超过%d层", reading->part, DEPTH_MAX);
        stop(reading);
    } else if (!reading->handlers->begin(reading->context, local_name(name), attributes)) {
        reading->ended = true;
        stop(reading);
    }
}

static void on_end(void *user, const char *name) {
    struct reading_part *reading = user;
    reading->depth--;
    if (reading->handlers->end && !reading->handlers->end(reading->context, local_name(name))) {
        reading->ended = true;
        stop(reading);
    }
}

static void on_text(void *user, const char *text, int len) {
    struct reading_part *reading = user;
    if (!reading->handlers->text(reading->context, text, (size_t)len)) {
        reading->ended = true;
        stop(reading);
    }
}

static void on_doctype(void *user, const char *name, const char *system, const char *public, int internal) {
    struct reading_part *reading = user;
    (void)name, (void)system, (void)public, (void)internal;
    BREAK(reading, "工作簿里的 %s 带有 DOCTYPE，不予打开", reading->part);
    stop(reading);
}

/* A tag that does not end would be kept whole by the parser. */
static bool token_too_long(const struct reading_part *reading) {
    XML_Index at = XML_GetCurrentByteIndex(reading->parser);
    return at >= 0 && reading->parsed > (uint64_t)at + TOKEN_BYTES_MAX;
}

static bool over_caps(const struct reading_part *reading) {
    const struct workbook_limits *limits = reading->package->limits;
    return reading->inflated > limits->part_bytes ||
           (reading->inflated > RATIO_FROM && reading->inflated / limits->ratio > reading->packed);
}

static enum part_result fill(struct reading_part *reading, zip_file_t *file) {
    memmove(reading->room, reading->room + reading->begin, reading->end - reading->begin);
    reading->end -= reading->begin;
    reading->begin = 0;
    zip_int64_t len = zip_fread(file, reading->room + reading->end, ROOM_BYTES - reading->end);
    if (len < 0) {
        BREAK(reading, "工作簿里的 %s 解不开", reading->part);
        return PART_BROKEN;
    }
    reading->last = len == 0;
    reading->end += (size_t)len;
    reading->inflated += (uint64_t)len;
    if (!over_caps(reading)) return PART_READ;
    *reading->refusal =
        refuse(reading->package->arena, REFUSAL_TOO_LARGE, NO_COLUMN, "工作簿里的 %s 解开后太大（已有%llu MB）",
               reading->part, (unsigned long long)(reading->inflated >> 20));
    return PART_CAPPED;
}

static enum part_result parse(struct reading_part *reading, size_t len, bool last) {
    enum XML_Status status = XML_Parse(reading->parser, reading->room + reading->begin, (int)len, last);
    reading->begin += len;
    reading->parsed += len;
    if (status == XML_STATUS_OK) {
        if (!token_too_long(reading)) return PART_READ;
        BREAK(reading, "工作簿里的 %s 有一个标记太长", reading->part);
        return PART_BROKEN;
    }
    if (reading->ended) return PART_ENDED;
    if (!reading->refusal->code)
        BREAK(reading, "工作簿里的 %s 的 XML 不对（%s）", reading->part,
              XML_ErrorString(XML_GetErrorCode(reading->parser)));
    return PART_BROKEN;
}

static enum shortcut_state shortcut_state(const struct reading_part *reading) {
    if (!reading->handlers->shortcut || reading->misses > SHORTCUT_MISSES_MAX) return SHORTCUT_NEVER;
    return reading->handlers->shortcut_state(reading->context);
}

/* True: *result is what became of the bytes that stand there. */
static bool try_shortcut(struct reading_part *reading, enum part_result *result) {
    size_t taken = 0, len = reading->end - reading->begin;
    *result = PART_READ;
    switch (reading->handlers->shortcut(reading->context, reading->room + reading->begin, len, &taken)) {
    case SHORTCUT_TAKEN:
        reading->begin += taken;
        reading->misses = 0;
        return true;
    case SHORTCUT_ENDED:
        *result = PART_ENDED;
        return true;
    case SHORTCUT_MORE:
        if (!reading->last && len < ROOM_BYTES) return true; /* nothing taken: more bytes are fetched */
        break;
    case SHORTCUT_NO:
        break;
    }
    reading->misses++;
    return false;
}

/* Where a shortcut may begin, the parser gets no more than one tag at a time. */
static enum part_result parse_some(struct reading_part *reading) {
    size_t len = reading->end - reading->begin;
    enum shortcut_state state = shortcut_state(reading);
    enum part_result result;
    if (state == SHORTCUT_NOW && try_shortcut(reading, &result)) return result;
    const char *from = reading->room + reading->begin;
    const char *tag = state == SHORTCUT_NEVER ? NULL : memchr(from, '>', len);
    return parse(reading, tag ? (size_t)(tag - from) + 1 : len, false);
}

static enum part_result parse_all(struct reading_part *reading, zip_file_t *file) {
    for (;;) {
        enum part_result result = fill(reading, file);
        for (size_t before = NO_COLUMN;
             result == PART_READ && reading->begin < reading->end && reading->begin != before;) {
            before = reading->begin;
            result = parse_some(reading);
        }
        if (result != PART_READ) return result;
        if (reading->last && reading->begin == reading->end) return parse(reading, 0, true);
    }
}

static void set_handlers(struct reading_part *reading) {
    XML_SetUserData(reading->parser, reading);
    XML_SetElementHandler(reading->parser, on_begin, on_end);
    if (reading->handlers->text) XML_SetCharacterDataHandler(reading->parser, on_text);
    XML_SetStartDoctypeDeclHandler(reading->parser, on_doctype);
}

enum part_result package_read(struct package *package, const char *part, const struct part_handlers *handlers,
                              void *context, struct refusal *refusal) {
    struct reading_part reading = {.package = package,
                                   .part = shown(package->arena, slice_of(part)),
                                   .handlers = handlers,
                                   .context = context,
                                   .refusal = refusal};
    zip_stat_t stat;
    zip_int64_t index = locate(package, part);
    *refusal = (struct refusal){.code = REFUSAL_NONE};
    if (index < 0 || zip_stat_index(package->zip, (zip_uint64_t)index, 0, &stat) != 0) {
        BREAK(&reading, "工作簿里没有 %s", reading.part);
        return PART_BROKEN;
    }
    if (stat.valid & ZIP_STAT_ENCRYPTION_METHOD && stat.encryption_method != ZIP_EM_NONE) {
        *refusal = refuse(package->arena, REFUSAL_WORKBOOK_LOCKED, NO_COLUMN, "工作簿加了密");
        return PART_BROKEN;
    }
    reading.packed = stat.comp_size ? stat.comp_size : 1;
    zip_file_t *file = zip_fopen_index(package->zip, (zip_uint64_t)index, 0);
    reading.parser = file ? XML_ParserCreate(NULL) : NULL;
    reading.room = malloc(ROOM_BYTES);
    enum part_result result = PART_BROKEN;
    if (reading.parser && reading.room) {
        set_handlers(&reading);
        result = parse_all(&reading, file);
    } else {
        BREAK(&reading, "工作簿里的 %s 打不开", reading.part);
    }
    if (reading.parser) XML_ParserFree(reading.parser);
    free(reading.room);
    if (file) zip_fclose(file);
    return result;
}

/* --- whole or half --- */

enum { END_BYTES = 22, END_COMMENT_MAX = 65535 };

/* The end record of the directory, with a comment that reaches the end of the file. */
static bool ends_with_directory(const char *tail, size_t len) {
    for (size_t at = len >= END_BYTES ? len - END_BYTES + 1 : 0; at-- > 0;) {
        const unsigned char *end = (const unsigned char *)tail + at;
        if (memcmp(end, "PK\x05\x06", 4) != 0) continue;
        if (at + END_BYTES + end[20] + 256U * end[21] == len) return true;
    }
    return false;
}

bool workbook_bytes_are_whole(struct slice bytes) {
    size_t room = END_BYTES + END_COMMENT_MAX;
    size_t len = bytes.len < room ? bytes.len : room;
    return ends_with_directory(bytes.ptr + bytes.len - len, len);
}

bool workbook_is_whole(FILE *file) {
    enum { ROOM = END_BYTES + END_COMMENT_MAX };
    AUTO_FREE char *tail = malloc(ROOM);
    if (!tail || fseeko(file, 0, SEEK_END) != 0) return false;
    off_t size = ftello(file);
    off_t begin = size > ROOM ? size - ROOM : 0;
    if (size < 0 || fseeko(file, begin, SEEK_SET) != 0) return false;
    size_t len = fread(tail, 1, ROOM, file);
    return (off_t)len == size - begin && ends_with_directory(tail, len);
}
