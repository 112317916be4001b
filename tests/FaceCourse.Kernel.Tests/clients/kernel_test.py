"""Runs every test of jupyter_kernel_test against the installed kernel."""
import unittest
import jupyter_kernel_test
class CSharp(jupyter_kernel_test.KernelTests):
    kernel_name = ".net-csharp"
    language_name = "C#"
    file_extension = ".cs"
    code_hello_world = 'Console.WriteLine("hello, world");'
    code_stderr = 'Console.Error.WriteLine("oops");'
    completion_samples = [{"text": "Console.WriteL", "matches": ["WriteLine"]}, {"text": '"abc".ToUpp', "matches": ["ToUpper", "ToUpperInvariant"]}]
    complete_code_samples = ["1", "var x = 1;", "int F() { return 1; }", 'Console.WriteLine("x")', "#!who"]
    incomplete_code_samples = ["int F() {", "for (var i = 0; i < 3; i++)", "F(1,", "/* open"]
    invalid_code_samples = ["var 1x = ;", "}"]
    code_page_something = "#!doc Console.WriteLine"
    code_generate_error = "throw new InvalidOperationException();"
    code_execute_result = [{"code": "6 * 7", "result": "42"}, {"code": "6 * 9", "result": "54"}, {"code": "\"a\" + \"b\"", "result": "ab"}]
    code_display_data = [{"code": "display(HTML(\"<b>1</b>\"));", "mime": "text/html"}, {"code": "display(\"iVBORw0KGgo=\", \"image/png\");", "mime": "image/png"}]
    code_history_pattern = "6 ? 7"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "Console.WriteLine"
    code_clear_output = "ClearOutput();"
if __name__ == "__main__":
    unittest.main(verbosity=2)
