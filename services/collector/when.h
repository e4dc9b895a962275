/* The day a figure is about, as offices write it: 2021/3/1, 2021.3.1, 20210301, 2021年3月1日; months and periods mean
 * their last day: 2021年3月, 202103, 3月底, 一季度, 上半年, 1-3月, the year from the title or file name where it is not
 * in the cell. Pure. */
#ifndef DUBAN_COLLECTOR_WHEN_H
#define DUBAN_COLLECTOR_WHEN_H

#include "proto/day.h"
#include "services/collector/refusal.h"

/* REFUSAL_NONE and *out; REFUSAL_DATE_MISSING for a blank cell; REFUSAL_BAD_DATE, _NO_YEAR, _DATE_SERIAL. year: 0 =
 * none is known. */
enum refusal_code when_read(struct slice cell, int year, struct day *out);

/* A spreadsheet's count of days, epoch 1900 or 1904; REFUSAL_NONE and *out, or REFUSAL_BAD_DATE. Only where the mapping
 * says that the column holds them. */
enum refusal_code when_serial(struct slice cell, int epoch, struct day *out);

/* The day behind 截至 or 截止 in a title line; false when there is none that can be read. */
bool when_in_title(struct slice text, int year, struct day *out);
/* A four-digit year of this century in a title or file name; 0 = none, or several different ones. */
int when_year(struct slice text);
/* By a pattern of {yyyy} {mm} {dd} and *: the whole name must match; without {dd} the last day of the month. */
bool when_in_name(struct slice name, const char *pattern, struct day *out);

#endif
