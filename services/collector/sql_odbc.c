#include "services/collector/sql_odbc.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

#define PLACE(name) {"SQL" #name, offsetof(struct odbc, name)}
static const struct {
    const char *name;
    size_t offset;
} functions[] = {
    PLACE(AllocHandle),   PLACE(SetEnvAttr),   PLACE(SetConnectAttr), PLACE(SetStmtAttr),  PLACE(DriverConnectW),
    PLACE(ExecDirectW),   PLACE(PrepareW),     PLACE(BindParameter),  PLACE(Execute),      PLACE(NumResultCols),
    PLACE(DescribeColW),  PLACE(Fetch),        PLACE(GetData),        PLACE(GetDiagRecW),  PLACE(EndTran),
    PLACE(Disconnect),
};
#undef PLACE

bool odbc_load(struct odbc *odbc, const char **why) {
    void *library = dlopen("libodbc.so.2", RTLD_NOW | RTLD_GLOBAL);
    if (!library) {
        *why = dlerror();
        return false;
    }
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        void *function = dlsym(library, functions[i].name);
        if (!function) {
            *why = functions[i].name;
            return false;
        }
        memcpy((char *)odbc + functions[i].offset, &function, sizeof function);
    }
    return true;
}
