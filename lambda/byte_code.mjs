// node byte_code.mjs FOLDER: put byte code beside the Python source in a folder, as Lambda's own Python makes it.
//
// That Python is Pyodide's, CPython compiled for Node: the same minor version on every machine, whatever Python is
// installed there, so the same bytes. The folder is mounted where Lambda has it, for tracebacks name the files' paths.
import { loadPyodide } from "pyodide";

const python = await loadPyodide({ env: { PYTHONHASHSEED: "0" } });
python.mountNodeFS("/var/task", process.argv[2]);
const compiled = python.runPython(`
import compileall, py_compile

# Unchecked: the date of the source, which other byte code is checked against, is lost in a Lambda asset.
mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
compileall.compile_dir("/var/task", quiet=1, invalidation_mode=mode)
`);
process.exit(compiled ? 0 : 1);
