/* A source that asks a database: what the configuration says of it. */
#ifndef DUBAN_COLLECTOR_SQL_SETTINGS_H
#define DUBAN_COLLECTOR_SQL_SETTINGS_H

#include "common/base/config.h"
#include "common/domain/arena.h"
#include "services/collector/sql_mark.h"

enum sql_driver { SQL_DRIVER_POSTGRESQL, SQL_DRIVER_ODBC };
enum sql_days { SQL_EVERY_DAY, SQL_WORKING_DAYS }; /* of the plan's calendar */

struct sql_settings {
    enum sql_driver driver;
    const char *connection;      /* "host=… dbname=…", of ODBC "DSN=…;…"; NULL = the file below */
    const char *connection_file; /* holds the same in one line, for passwords; NULL = the text above */
    const char *password_file;   /* holds the password alone; NULL = that of the text, or the next */
    const char *password_env;    /* the name of the variable that holds it; NULL = none */
    const char *query;
    struct sql_column {
        const char *column, *name; /* of the query; as the mapping is to see it */
    } * columns;                   /* none: all as they are called */
    size_t column_count;
    struct sql_schedule {
        int64_t every_ms;          /* domain time */
        int from_minute, to_minute; /* of the day; 0 and 1440 = all day long */
        enum sql_days days;
    } schedule;
    const char *watermark; /* the column whose greatest value stands for $1 in the next query; NULL = the whole result
                              is compared with the last */
    const char *from;            /* what stands for $1 the first time */
    struct sql_overlap overlap;  /* so much below the watermark the next query begins */
    bool zoned;                  /* times without an offset are of a known zone … */
    int zone;                    /* … so many minutes east */
    int64_t timeout_ms;    /* real time, of connecting and of the query */
    int64_t rows_max;      /* more rows refuse the result */
};

/* Reads the node `sql` of a source; faults become findings. */
void sql_settings_read(struct config *config, struct yaml_node *node, struct arena *arena, struct sql_settings *out);

#endif
