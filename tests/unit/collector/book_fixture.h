/* Workbooks written byte by byte: parts as text, zipped in memory. What is not given gets the plainest form. */
#ifndef DUBAN_TESTS_BOOK_FIXTURE_H
#define DUBAN_TESTS_BOOK_FIXTURE_H

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "services/collector/workbook.h"

struct book_parts {
    const char *sheet;              /* inside <worksheet> */
    const char *strings;            /* inside <sst>; NULL: none */
    const char *styles;             /* inside <styleSheet>; NULL: none */
    const char *workbook;           /* inside <workbook>; NULL: one sheet, 6月 */
    const char *second;             /* inside a second <worksheet>, rId2 */
    const char *extra_name, *extra; /* one more part, as it is */
};

struct book {
    char *bytes;
    size_t len;
};

static inline void book_add(zip_t *zip, const char *name, const char *begin, const char *body, const char *end) {
    struct buffer text = {0};
    buffer_printf(&text, "%s%s%s", begin, body, end);
    size_t len = text.len;
    char *bytes = buffer_take(&text);
    zip_source_t *source = zip_source_buffer(zip, bytes, len, 1);
    cr_assert(zip_file_add(zip, name, source, ZIP_FL_ENC_UTF_8) >= 0);
}

static inline struct book book_make(const struct book_parts *parts) {
    static const char xml[] = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
    static const char office[] = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *memory = zip_source_buffer_create(NULL, 0, 0, &error);
    zip_t *zip = zip_open_from_source(memory, ZIP_CREATE | ZIP_TRUNCATE, &error);
    struct buffer text = {0};
    cr_assert_not_null(zip);
    zip_source_keep(memory);
    book_add(zip, "[Content_Types].xml", xml, "<Types/>", "");
    buffer_printf(&text,
                  "<Relationships><Relationship Id=\"rId1\" Type=\"%s/officeDocument\" "
                  "Target=\"xl/workbook.xml\"/></Relationships>",
                  office);
    book_add(zip, "_rels/.rels", xml, buffer_text(&text), "");
    buffer_clear(&text);
    buffer_printf(
        &text,
        "<Relationships><Relationship Id=\"rId1\" Type=\"%s/worksheet\" Target=\"worksheets/sheet1.xml\"/>"
        "<Relationship Id=\"rId2\" Type=\"%s/worksheet\" Target=\"/xl/worksheets/sheet2.xml\"/>"
        "<Relationship Id=\"rId3\" Type=\"%s/styles\" Target=\"styles.xml\"/>"
        "<Relationship Id=\"rId4\" Type=\"%s/sharedStrings\" Target=\"sharedStrings.xml\"/>"
        "<Relationship Id=\"rId5\" Type=\"%s/chartsheet\" Target=\"chartsheets/sheet1.xml\"/></Relationships>",
        office, office, office, office, office);
    book_add(zip, "xl/_rels/workbook.xml.rels", xml, buffer_text(&text), "");
    buffer_finish(&text);
    book_add(zip, "xl/workbook.xml", xml,
             parts->workbook
                 ? parts->workbook
                 : "<workbook><sheets><sheet name=\"6月\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>",
             "");
    book_add(zip, "xl/worksheets/sheet1.xml", "<worksheet>", parts->sheet, "</worksheet>");
    if (parts->second) book_add(zip, "xl/worksheets/sheet2.xml", "<worksheet>", parts->second, "</worksheet>");
    if (parts->strings) book_add(zip, "xl/sharedStrings.xml", "<sst>", parts->strings, "</sst>");
    if (parts->styles) book_add(zip, "xl/styles.xml", "<styleSheet>", parts->styles, "</styleSheet>");
    if (parts->extra_name) book_add(zip, parts->extra_name, "", parts->extra, "");
    cr_assert_eq(zip_close(zip), 0, "%s", zip_strerror(zip));
    zip_stat_t stat;
    cr_assert(zip_source_stat(memory, &stat) == 0 && zip_source_open(memory) == 0);
    struct book book = {malloc(stat.size), stat.size};
    cr_assert_eq(zip_source_read(memory, book.bytes, book.len), (zip_int64_t)book.len);
    zip_source_close(memory);
    zip_source_free(memory);
    zip_error_fini(&error);
    return book;
}

static inline void book_finish(struct book *book) {
    free(book->bytes);
    *book = (struct book){NULL, 0};
}

#endif
