/* bcryptprimitives.dll for a Wine that has none: ProcessPrng by way of RtlGenRandom, with real random bytes. */
#include <stddef.h>
#include <windows.h>

BOOLEAN NTAPI SystemFunction036(PVOID buffer, ULONG len); /* RtlGenRandom, by the name advapi32 exports */

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE buffer, SIZE_T len)
{
    while (len > 0) {
        ULONG part = len > 0x40000000 ? 0x40000000 : (ULONG)len;
        if (!SystemFunction036(buffer, part))
            return FALSE;
        buffer += part;
        len -= part;
    }
    return TRUE;
}
