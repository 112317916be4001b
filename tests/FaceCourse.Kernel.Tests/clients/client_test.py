"""What jupyter_kernel_test leaves out, through jupyter_client: interrupt, restart, stdin, streaming, queues, order."""
import os
import queue
import signal
import time
import unittest

from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

TIMEOUT = 30


class Client(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.km, cls.kc = start_new_kernel(kernel_name=os.environ.get("KERNEL_NAME", ".net-csharp"))

    @classmethod
    def tearDownClass(cls):
        cls.kc.stop_channels()
        cls.km.shutdown_kernel(now=True)

    def run_cell(self, code, **options):
        """Executes and collects everything up to idle."""
        return self.collect(self.kc.execute(code, **options))

    def collect(self, msg_id, timeout=TIMEOUT):
        outputs = []
        while True:
            msg = self.kc.get_iopub_msg(timeout=timeout)
            if msg["parent_header"].get("msg_id") != msg_id:
                continue
            if msg["msg_type"] == "status" and msg["content"]["execution_state"] == "idle":
                break
            outputs.append(msg)
        while True:
            reply = self.kc.get_shell_msg(timeout=timeout)
            if reply["parent_header"]["msg_id"] == msg_id:
                return reply["content"], outputs

    def text(self, outputs, name="stdout"):
        return "".join(m["content"]["text"] for m in outputs if m["msg_type"] == "stream" and m["content"]["name"] == name)

    def result(self, code):
        reply, outputs = self.run_cell(code)
        self.assertEqual(reply["status"], "ok", reply)
        return [m["content"]["data"]["text/plain"] for m in outputs if m["msg_type"] == "execute_result"][0]

    def interrupted(self, code, interrupt):
        msg_id = self.kc.execute(f'Console.WriteLine("begun");\n{code}')
        while self.kc.get_iopub_msg(timeout=TIMEOUT)["msg_type"] != "stream":
            pass
        start = time.monotonic()
        interrupt()
        reply, _ = self.collect(msg_id)
        self.assertEqual(reply["status"], "error")
        self.assertEqual(reply["ename"], "Interrupted")
        self.assertLess(time.monotonic() - start, 8)

    def test_interrupt_by_message(self):
        self.run_cell("var kept = 41;")
        for code in ("while (true) { }", "await Task.Delay(-1);", "Thread.Sleep(-1);", "await Task.Delay(-1, CellToken);"):
            with self.subTest(code=code):
                self.interrupted(code, self.km.interrupt_kernel)
                self.assertEqual(self.result("kept + 1"), "42")

    def test_interrupt_by_signal(self):
        pid = self.km.provisioner.process.pid
        self.interrupted("while (true) { }", lambda: os.kill(pid, signal.SIGINT))
        self.assertEqual(self.result("1 + 1"), "2")

    def test_interrupt_while_idle_is_harmless(self):
        self.km.interrupt_kernel()
        os.kill(self.km.provisioner.process.pid, signal.SIGINT)
        time.sleep(0.5)
        self.assertEqual(self.result("2 + 2"), "4")

    def test_restart_forgets_and_answers(self):
        self.run_cell("var forgotten = 1;")
        for _ in range(3):
            self.km.restart_kernel(now=False)
            self.kc.wait_for_ready(timeout=TIMEOUT)
            reply, _ = self.run_cell("forgotten")
            self.assertEqual(reply["status"], "error")
            self.assertEqual(self.result("1 + 2"), "3")

    def test_a_cell_that_cannot_be_stopped_restarts_the_kernel_and_says_so(self):
        self.run_cell("var lost = 1;")
        pid = self.km.provisioner.process.pid
        # The loop is in a library (a pattern that never stops trying): nothing in the process can end it.
        code = 'Console.WriteLine("begun");\nSystem.Text.RegularExpressions.Regex.IsMatch(new string(\'a\', 60), "^(([a-z])+.)+[A-Z]([a-z])+$")'
        msg_id = self.kc.execute(code)
        while self.kc.get_iopub_msg(timeout=TIMEOUT)["msg_type"] != "stream":
            pass
        self.km.interrupt_kernel()
        reply, outputs = self.collect(msg_id)
        self.assertEqual(reply["status"], "error")
        deadline = time.monotonic() + TIMEOUT
        said = ""
        while "restarts" not in said and time.monotonic() < deadline:
            try:
                msg = self.kc.get_iopub_msg(timeout=1)
                said += msg["content"].get("text", "")
            except queue.Empty:
                pass
        self.assertIn("restarts", said)
        self.kc.wait_for_ready(timeout=TIMEOUT)
        self.assertEqual(self.km.provisioner.process.pid, pid)
        reply, _ = self.run_cell("lost")
        self.assertEqual(reply["status"], "error")
        self.assertEqual(self.result("3 + 4"), "7")

    def test_stdin(self):
        asked = []

        def answer(msg):
            asked.append((msg["content"]["prompt"], msg["content"]["password"]))
            self.kc.input("Ada")

        reply = self.kc.execute_interactive(
            'var name = Input("Name? ");\nvar second = Console.ReadLine();\nvar secret = Password("Secret: ");',
            allow_stdin=True, stdin_hook=answer, output_hook=lambda m: None, timeout=TIMEOUT)
        self.assertEqual(reply["content"]["status"], "ok", reply["content"])
        self.assertEqual(asked, [("Name? ", False), ("", False), ("Secret: ", True)])
        self.assertEqual(self.result("name + second + secret"), "AdaAdaAda")

    def test_stdin_refused(self):
        reply, _ = self.run_cell("Console.ReadLine()", allow_stdin=False)
        self.assertEqual(reply["status"], "error")
        self.assertIn("nobody can answer", reply["evalue"])

    def test_interrupt_while_waiting_for_input(self):
        msg_id = self.kc.execute('Input("?")', allow_stdin=True)
        self.kc.get_stdin_msg(timeout=TIMEOUT)
        self.km.interrupt_kernel()
        reply, _ = self.collect(msg_id)
        self.assertEqual(reply["ename"], "Interrupted")

    def test_output_streams_while_the_cell_runs(self):
        start = time.monotonic()
        msg_id = self.kc.execute('Console.WriteLine("first"); await Task.Delay(3000); Console.WriteLine("last");')
        while True:
            msg = self.kc.get_iopub_msg(timeout=TIMEOUT)
            if msg["msg_type"] == "stream":
                break
        self.assertLess(time.monotonic() - start, 2.5)
        self.collect(msg_id)

    def test_all_output_comes_before_idle(self):
        _, outputs = self.run_cell('for (var i = 0; i < 5000; i++) Console.WriteLine(i);')
        self.assertEqual(self.text(outputs), "".join(f"{i}\n" for i in range(5000)))
        self.assertLess(len(outputs), 200)

    def test_a_display_moves(self):
        _, outputs = self.run_cell('var bar = display("0"); for (var i = 1; i <= 3; i++) bar.Update(i.ToString());')
        shown = [m for m in outputs if m["msg_type"] == "display_data"]
        moved = [m for m in outputs if m["msg_type"] == "update_display_data"]
        self.assertEqual(len(shown), 1)
        self.assertEqual([m["content"]["data"]["text/plain"] for m in moved], ["1", "2", "3"])
        self.assertEqual({m["content"]["transient"]["display_id"] for m in shown + moved}, {shown[0]["content"]["transient"]["display_id"]})

    def test_mime_types(self):
        reply, outputs = self.run_cell('''
            display("<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml");
            display("$x^2$", "text/latex");
            display("{\\"a\\": [1, 2]}", "application/json");
            display("{\\"data\\": []}", "application/vnd.plotly.v1+json", "text/html");''')
        self.assertEqual(reply["status"], "ok", reply)
        data = [m["content"]["data"] for m in outputs if m["msg_type"] == "display_data"]
        self.assertEqual(data[0]["image/svg+xml"][:4], "<svg")
        self.assertEqual(data[1]["text/latex"], "$x^2$")
        self.assertEqual(data[2]["application/json"], {"a": [1, 2]})
        self.assertEqual(data[3]["application/vnd.plotly.v1+json"], {"data": []})
        self.assertIn("text/html", data[3])

    def test_silent_and_store_history(self):
        before = self.run_cell("0")[0]["execution_count"]
        reply, outputs = self.run_cell('var quiet = 1; Console.WriteLine("unheard"); quiet', silent=True)
        self.assertEqual(reply["status"], "ok")
        self.assertEqual([m["msg_type"] for m in outputs], ["status"])
        reply, outputs = self.run_cell("quiet + 1", store_history=False)
        self.assertEqual(reply["execution_count"], before)
        self.assertIn("execute_result", [m["msg_type"] for m in outputs])
        self.assertEqual(self.run_cell("1")[0]["execution_count"], before + 1)

    def test_user_expressions(self):
        reply, _ = self.run_cell("var u = 6;", user_expressions={"good": "u * 7", "bad": "nothing"})
        self.assertEqual(reply["user_expressions"]["good"]["data"]["text/plain"], "42")
        self.assertEqual(reply["user_expressions"]["bad"]["status"], "error")

    def test_after_an_error_queued_cells_are_aborted_and_later_ones_run(self):
        ids = [self.kc.execute(c) for c in ('await Task.Delay(500); throw new Exception("stop");', "var never = 1;", "var never = 2;")]
        replies = {}
        while len(replies) < 3:
            msg = self.kc.get_shell_msg(timeout=TIMEOUT)
            replies[msg["parent_header"]["msg_id"]] = msg["content"]["status"]
        self.assertEqual([replies[i] for i in ids], ["error", "aborted", "aborted"])
        self.assertEqual(self.result("5 + 5"), "10")
        ids = [self.kc.execute('await Task.Delay(300); throw new Exception("go on");', stop_on_error=False), self.kc.execute("var runs = 1;")]
        replies = {}
        while len(replies) < 2:
            msg = self.kc.get_shell_msg(timeout=TIMEOUT)
            replies[msg["parent_header"]["msg_id"]] = msg["content"]["status"]
        self.assertEqual([replies[i] for i in ids], ["error", "ok"])

    def test_two_hundred_requests_at_once_keep_their_order(self):
        self.run_cell("var order = new List<int>();")
        ids = [self.kc.execute(f"order.Add({i});") for i in range(200)]
        done = []
        while len(done) < 200:
            msg = self.kc.get_shell_msg(timeout=60)
            if msg["parent_header"]["msg_id"] in ids:
                done.append(msg["parent_header"]["msg_id"])
        self.assertEqual(done, ids)
        self.assertEqual(self.result("order.SequenceEqual(Enumerable.Range(0, 200))"), "True")

    def test_four_clients_at_once_each_keep_their_order(self):
        self.run_cell("var orders = new List<int>[] { [], [], [], [] };")
        clients = []
        for _ in range(4):
            # A client from the manager would have the manager's identity, and answers go to identities.
            client = BlockingKernelClient(connection_file=self.km.connection_file)
            client.load_connection_file()
            client.start_channels()
            clients.append(client)
        ids = [(c, clients[c].execute(f"orders[{c}].Add({i});")) for i in range(50) for c in range(4)]
        for c, client in enumerate(clients):
            done = []
            while len(done) < 50:
                done.append(client.get_shell_msg(timeout=60)["parent_header"]["msg_id"])
            self.assertEqual(done, [i for k, i in ids if k == c])
            client.stop_channels()
        self.assertEqual(self.result("orders.All(o => o.SequenceEqual(Enumerable.Range(0, 50)))"), "True")

    def test_what_nothing_catches_does_not_end_the_kernel(self):
        pid = self.km.provisioner.process.pid
        self.run_cell("var survives = 5;")
        _, outputs = self.run_cell('new Thread(() => throw new InvalidOperationException("stray")).Start();\nawait Task.Delay(500);')
        self.assertIn("InvalidOperationException: stray", self.text(outputs, "stderr"))
        reply, _ = self.run_cell("class Loop { public int Me => Me; }\nnew Loop().Me")
        self.assertEqual(reply["ename"], "InsufficientExecutionStackException")
        self.assertEqual(self.result("survives"), "5")
        self.assertEqual(self.km.provisioner.process.pid, pid)
        self.assertTrue(self.km.is_alive())

    def test_completion_knows_earlier_cells_overloads_and_extensions(self):
        self.run_cell("var myNumbers = new List<int> { 1 };\nint MyFunction(int n) => n;\nstatic int MyExtension(this int n) => n;")

        def complete(code, at=None):
            msg_id = self.kc.complete(code, len(code) if at is None else at)
            while True:
                reply = self.kc.get_shell_msg(timeout=TIMEOUT)
                if reply["parent_header"]["msg_id"] == msg_id:
                    return reply["content"]

        self.assertIn("myNumbers", complete("myNu")["matches"])
        self.assertIn("MyFunction", complete("MyF")["matches"])
        self.assertIn("Select", complete("myNumbers.Sel")["matches"])
        self.assertIn("MyExtension", complete("1.MyE")["matches"])
        self.assertEqual(complete('"x.'), {**complete('"x.'), "matches": []})
        self.assertEqual(complete("#!ti")["matches"], ["#!time"])
        reply = complete("/* \U0001F600\U0001F600 */ Math.Sq")
        self.assertEqual((reply["cursor_start"], reply["cursor_end"]), (14, 16))
        self.assertIn("Sqrt", reply["matches"])
        self.assertIn("overload", complete("Math.Ab")["metadata"]["_jupyter_types_experimental"][0]["signature"])

    def test_inspect_shows_documentation_and_values(self):
        def inspect(code):
            msg_id = self.kc.inspect(code, len(code))
            while True:
                reply = self.kc.get_shell_msg(timeout=TIMEOUT)
                if reply["parent_header"]["msg_id"] == msg_id:
                    return reply["content"]

        self.assertIn("square root", inspect("Math.Sqrt")["data"]["text/plain"])
        self.assertIn("square root", inspect("Math.Sqrt(")["data"]["text/plain"])
        self.run_cell("/// <summary>Twice as much.</summary>\nint Twice(int n) => 2 * n;\nvar answer = 42;")
        self.assertIn("Twice as much", inspect("Twice")["data"]["text/plain"])
        self.assertIn("value: 42", inspect("answer")["data"]["text/plain"])
        self.assertFalse(inspect("nothing_of_that_name")["found"])

    def test_magics(self):
        _, outputs = self.run_cell("#!time\nvar timed = 1;\ntimed")
        self.assertTrue(any(m["content"].get("data", {}).get("text/plain", "").startswith("Wall time:") for m in outputs))
        for code, mime in (("#!markdown\n# T", "text/markdown"), ("#!html\n<b>x</b>", "text/html"), ("%%html\n<b>x</b>", "text/html"), ("#!javascript\n1", "text/html")):
            with self.subTest(code=code):
                self.assertIn(mime, [m for m in self.run_cell(code)[1] if m["msg_type"] == "display_data"][0]["content"]["data"])
        _, outputs = self.run_cell("#!who")
        self.assertIn("timed", outputs[-1]["content"]["data"]["text/plain"])
        reply, _ = self.run_cell("#!tme\n1")
        self.assertIn("Did you mean #!time?", reply["evalue"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
