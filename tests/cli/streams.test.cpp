// Standard streams that are closed, full or gone.
#include "tool.hpp"

using namespace tool;

TEST_CASE("a stderr that is closed or full changes no exit code") {
  CHECK(run_shell("\"$TOOL\" --bogus 2>&-").code == 2);
  CHECK(run_shell("\"$TOOL\" --bogus 2>/dev/full").code == 2);
}

TEST_CASE("a run whose stderr is closed or full reports as any other") {
  write("tiny.json", kTiny);
  for (const char* lost : {"2>/dev/full", "2>&-", "0<&- 2>&-"}) {
    fs::remove(scratch() / "r.json");
    // A variant that matches nothing: a warning for stderr.
    const Outcome outcome =
        run_shell("\"$TOOL\" --config tiny.json --variants 'cpu/two*,none/*' --check-only --json r.json " +
                  std::string(lost));
    CAPTURE(lost, outcome.out);
    CHECK(outcome.code == 0);
    CHECK(contains(outcome.out, "1 passed"));
    CHECK(contains(read(scratch() / "r.json"), "\"passed\""));
  }
}

TEST_CASE("a stdout that is closed or full is an error, which stderr says in one line") {
  write("tiny.json", kTiny);
  for (const char* arguments : {"list", "--help", "--config tiny.json --check-only --json r.json",
                                "--config tiny.json --check-only --quiet --json -"}) {
    for (const auto& [lost, reason] : {std::pair("> /dev/full", "No space left"), {">&-", "Bad file"}}) {
      const Outcome outcome = run_shell("\"$TOOL\" " + std::string(arguments) + " " + lost);
      CAPTURE(arguments, lost, outcome.err);
      CHECK(outcome.code == 2);
      CHECK(contains(outcome.err, "cannot write to stdout: "));
      CHECK(contains(outcome.err, reason));
    }
  }
}

TEST_CASE("what is meant for a closed stream never lands in a file") {
  write("tiny.json", kTiny);
  // Without descriptors 1 and 2, the first files that the program opens would be those.
  const Outcome outcome =
      run_shell("\"$TOOL\" --config tiny.json --check-only --dump dump --csv r.csv >&- 2>&-");
  CHECK(outcome.code == 2);
  const Outcome again = run_shell("\"$TOOL\" --load dump --check-only && head -c 8 r.csv");
  CHECK(again.code == 0);
  for (const auto& file : fs::directory_iterator(scratch() / "dump")) {
    CAPTURE(file.path().string());
    const std::string text = read(file.path());
    CHECK(!contains(text, "cpu/two_pass ..."));
    if (file.path().extension() == ".npy") CHECK(text.rfind("\x93NUMPY", 0) == 0);
  }
}
