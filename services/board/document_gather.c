/* What a document needs of the events, read before it is made. */
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "services/board/document_feeds.h"

/* Curves, paces and explanations stand on the events of a target's cells; all else on what the alerter said. */
enum error_code document_gather(struct facts *facts, document_maker *maker, const struct document_request *request,
                                struct error *err) {
    const struct plan *plan = facts->view.plan;
    if (maker == document_file) return file_gather(facts, request, err);
    if (maker != document_target && maker != document_series && maker != document_explain) return ERROR_OK;
    size_t target = request->code ? plan_find_target(plan, slice_of(request->code)) : NO_INDEX;
    if (target == NO_INDEX) return ERROR_OK; /* the document says that it is unknown */
    const struct target *one = &plan->targets[target];
    AUTO_FREE size_t *cells = calloc(one->cell_count + 1, sizeof *cells);
    if (!cells) return error_set(err, ERROR_MEMORY, "out of memory");
    for (size_t i = 0; i < one->cell_count; i++)
        cells[i] = one->first_cell + i;
    return view_read_events(&facts->view, request->pg, cells, one->cell_count, err);
}
