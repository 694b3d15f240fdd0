/*
 * The engine as a board's build leaves it (`strip` in its manifest): functions have neither `length` nor `name`,
 * two slots less each, and errors keep no stack. It takes the place of xsDefaults.c, of
 * which it uses all but the table.
 * What a host needs to load a script stays: `eval`, promises.
 */
#define gxDefaults gxWholeDefaults
#include "xsDefaults.c"
#undef gxDefaults

const txDefaults gxDefaults = {
	.newAsyncInstance = fxNewAsyncInstance,
	.runAsync = fxRunAsync,
	.newGeneratorInstance = fxNewGeneratorInstance,
	.newGeneratorFunctionInstance = fxNewGeneratorFunctionInstance,
	.newAsyncGeneratorInstance = fxNewAsyncGeneratorInstance,
	.newAsyncGeneratorFunctionInstance = fxNewAsyncGeneratorFunctionInstance,
	.runForAwaitOf = fxRunForAwaitOf,
	.newArgumentsSloppyInstance = fxNewArgumentsSloppyInstance,
	.newArgumentsStrictInstance = fxNewArgumentsStrictInstance,
	.runEval = fxRunEval,
	.runEvalEnvironment = fxRunEvalEnvironment,
	.runProgramEnvironment = fxRunProgramEnvironment,
	.runImport = fxRunImport,
	.definePrivateProperty = fxDefinePrivateProperty,
	.getPrivateProperty = fxGetPrivateProperty,
	.setPrivateProperty = fxSetPrivateProperty,
};
