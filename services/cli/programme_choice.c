#include "services/cli/programme_choice.h"

#include "common/base/cleanup.h"
#include "common/store/stream.h"

static const char *code_of(const struct programmes *programmes, int32_t id) {
    for (size_t i = 0; i < programmes->count; i++)
        if (programmes->items[i].id == id) return programmes->items[i].code;
    return NULL;
}

enum error_code choose_programme(struct cli *cli, struct pg *pg, struct programme *out, struct error *err) {
    const char *named = cli_programme(cli);
    enum error_code code = programme_find(pg, named, out, err);
    if (named || code != ERROR_USAGE || !cli->settings.office_stream) return code;
    CLEAN(programmes_finish) struct programmes programmes = {0};
    CLEAN(streams_finish) struct streams streams = {0};
    struct error ignored;
    if (programmes_read(pg, &programmes, &ignored) || streams_read(pg, 0, &streams, &ignored)) return code;
    const struct stream *office = streams_find(&streams, slice_of(cli->settings.office_stream));
    const char *code_name = office ? code_of(&programmes, office->programme) : NULL;
    return code_name ? programme_find(pg, code_name, out, err) : code;
}
