/* feeds_catalogue PLAN: what `duban plan export --catalogue` prints of a plan file, without a database. */
#include <stdio.h>

#include "common/base/cleanup.h"
#include "common/base/file.h"
#include "common/domain/catalogue.h"

int main(int argc, char **argv) {
    CLEAN(buffer_finish) struct buffer text = {0};
    CLEAN(buffer_finish) struct buffer out = {0};
    struct findings findings = {NULL, 0, 0, 0};
    struct plan *plan = NULL;
    struct error err;
    if (argc != 2 || file_read(argv[1], 1 << 24, &text, &err)) return 2;
    const struct plan_text texts[] = {{"plan", argv[1], {buffer_text(&text), text.len}}};
    bool written = plan_read(texts, 1, &plan, &findings) == ERROR_OK && catalogue_write(plan, &out);
    for (size_t i = 0; !plan && i < findings.count; i++)
        fprintf(stderr, "%s: %s\n", findings.items[i].place, findings.items[i].message);
    if (written) fputs(buffer_text(&out), stdout);
    plan_destroy(&plan);
    findings_finish(&findings);
    return written ? 0 : 1;
}
