/* What a file is about: which cells (target × area) stand in it and how many figures it holds, so that the next file of
 * the source that shrank, or lost a county, says so. */
#ifndef DUBAN_COLLECTOR_EXTENT_H
#define DUBAN_COLLECTOR_EXTENT_H

#include "services/collector/paper.h"

/* Fills verdict->extent from its rows. */
void extent_take(const struct paper *paper, struct verdict *verdict);
/* Whether the file is only a part of the last one, as a file of corrections is: fewer than half of its cells. Such a
 * file is not what the next one is compared with. */
bool extent_is_part(const struct verdict *verdict, const struct source_extent *last);
/* What the file lacks against the last one of the source, in Chinese; NULL: nothing, or they are about different things
 * (no cell in common). */
const char *extent_loss(const struct paper *paper, const struct verdict *verdict, const struct source_extent *last);

#endif
