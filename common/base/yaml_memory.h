/* Memory that lives as long as a YAML document; for base/ itself. NULL without memory. */
#ifndef DUBAN_BASE_YAML_MEMORY_H
#define DUBAN_BASE_YAML_MEMORY_H

#include <stddef.h>

#include "common/base/yaml.h"

/* A copy of len bytes (bytes NULL: uninitialised), aligned for anything. */
void *yaml_keep(struct yaml *doc, const void *bytes, size_t len);
char *yaml_keep_text(struct yaml *doc, const char *text, size_t len);

#endif
