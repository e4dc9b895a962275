/* A workbook written for a person: one worksheet of texts and numbers with a few colours and comments. Every text is
 * written as a text, whatever it begins with: nothing becomes a formula. The file appears as a whole, or not at all.
 * The only user of xlsxwriter.h. Blocks on the disk. */
#ifndef DUBAN_COLLECTOR_WORKBOOK_WRITE_H
#define DUBAN_COLLECTOR_WORKBOOK_WRITE_H

#include "common/base/error.h"
#include "proto/event.h"

enum page_colour { PAGE_PLAIN, PAGE_HEADER, PAGE_TAKEN, PAGE_HELD, PAGE_REFUSED, PAGE_QUIET };
enum { PAGE_COLOURS = PAGE_QUIET + 1 };

struct page; /* failure is sticky: page_save tells */

/* sheet: the worksheet's name; another one when it is none that spreadsheets allow. NULL: no memory. */
struct page *page_create(const char *path, const char *sheet);
void page_destroy(struct page **page); /* without a file, if it was not saved */

/* Rows and columns from 0; a later cell takes the place of an earlier one. */
void page_text(struct page *page, size_t row, size_t column, struct slice text, enum page_colour colour);
/* text is a plain decimal number of at most 15 digits. */
void page_number(struct page *page, size_t row, size_t column, struct slice text, enum page_colour colour);
void page_comment(struct page *page, size_t row, size_t column, const char *text);
/* Both ends belong to it; write its first cell afterwards. */
void page_merge(struct page *page, size_t first_row, size_t first_column, size_t last_row, size_t last_column);
void page_width(struct page *page, size_t column, size_t characters);
void page_freeze(struct page *page, size_t rows); /* so many stay when one scrolls */

__attribute__((warn_unused_result)) enum error_code page_save(struct page *page, struct error *err);

#endif
