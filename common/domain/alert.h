/* The alerts: the front door of their rooms. Which there are and their words (alert_words.h), what a cell or a stream
 * calls for (alert_wants.h), what becomes of those that stand (alert_life.h), and how far one goes without an answer
 * (alert_ladder.h). Nothing here knows who is told (route.h), in which words (digest.h) or where it is kept
 * (common/store/alert.h). Pure. */
#ifndef DUBAN_DOMAIN_ALERT_H
#define DUBAN_DOMAIN_ALERT_H

#include "common/domain/alert_ladder.h"
#include "common/domain/alert_life.h"
#include "common/domain/alert_wants.h"
#include "common/domain/alert_words.h"

#endif
