/* unixODBC, found when it is wanted: a county that asks no such database need not have it. Used by sql_ask alone, in the
 * worker's process. */
#ifndef DUBAN_COLLECTOR_SQL_ODBC_H
#define DUBAN_COLLECTOR_SQL_ODBC_H

#include <sql.h>
#include <sqlext.h>
#include <stdbool.h>

/* The functions, by their own names without SQL. */
struct odbc {
    __typeof__(SQLAllocHandle) *AllocHandle;
    __typeof__(SQLSetEnvAttr) *SetEnvAttr;
    __typeof__(SQLSetConnectAttr) *SetConnectAttr;
    __typeof__(SQLSetStmtAttr) *SetStmtAttr;
    __typeof__(SQLDriverConnectW) *DriverConnectW;
    __typeof__(SQLExecDirectW) *ExecDirectW;
    __typeof__(SQLPrepareW) *PrepareW;
    __typeof__(SQLBindParameter) *BindParameter;
    __typeof__(SQLExecute) *Execute;
    __typeof__(SQLNumResultCols) *NumResultCols;
    __typeof__(SQLDescribeColW) *DescribeColW;
    __typeof__(SQLFetch) *Fetch;
    __typeof__(SQLGetData) *GetData;
    __typeof__(SQLGetDiagRecW) *GetDiagRecW;
    __typeof__(SQLEndTran) *EndTran;
    __typeof__(SQLDisconnect) *Disconnect;
};

/* False: *why (static, or the loader's own) says what is not there. */
bool odbc_load(struct odbc *odbc, const char **why);

#endif
