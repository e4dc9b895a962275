/* The inside of a calendar, for the rooms that make one (the table's reader, the catalogue's reader) or write one out.
 */
#ifndef DUBAN_DOMAIN_CALENDAR_DAYS_H
#define DUBAN_DOMAIN_CALENDAR_DAYS_H

#include "common/domain/calendar.h"

struct calendar_exception {
    struct day day;
    bool works;
};
struct calendar {
    struct calendar_exception *days; /* by day, after calendar_settle */
    size_t count;
    int first_year, last_year; /* covered, inclusive */
};

struct calendar *calendar_create(size_t capacity); /* room for so many exceptions; NULL when there is no memory */
void calendar_settle(struct calendar *calendar);   /* sorts, and finds the years covered */

#endif
