/* What stands in a cell that should hold a figure: a number as offices type it, a blank, the word 无变化, or something
 * that is refused. Never guesses: what is not an exact number is no number. No floating point. Pure. */
#ifndef DUBAN_COLLECTOR_NUMBER_H
#define DUBAN_COLLECTOR_NUMBER_H

#include "proto/decimal.h"
#include "services/collector/refusal.h"

enum number_kind { NUMBER_BLANK, NUMBER_VALUE, NUMBER_NO_CHANGE, NUMBER_REFUSED };

struct number {
    enum number_kind kind;
    struct decimal value;   /* canonical */
    struct slice unit;      /* what stood behind the number ("公里", "%"); empty = nothing */
    struct slice note;      /* with number_and_note: the words in brackets */
    enum refusal_code code; /* NUMBER_REFUSED */
};

/* Blank: nothing, dashes, /, 无. Accepts full-width digits and signs, thousands in groups of three, E-notation,
 * trailing dots, a leading apostrophe. Digits beyond the fifteenth are what a double adds and are rounded away. Texts
 * of the result lie in the arena. */
struct number number_read(struct arena *arena, struct slice cell, bool number_and_note);

/* a × b, exact; false when it does not fit. */
bool number_multiply(struct decimal a, struct decimal b, struct decimal *out);

enum state { STATE_DONE, STATE_NOT_DONE, STATE_UNCLEAR };
/* A milestone's words: 已完成 是 √ → done; 未… 否 × → not done; other words about work going on → not done and *words
 * (they are a note); what sounds nearly done, and numbers, are unclear. The cell is not blank. */
enum state state_read(struct slice cell, bool *words);

#endif
