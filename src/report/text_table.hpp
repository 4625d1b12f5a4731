// Text laid out for a terminal: aligned tables, wrapped paragraphs, paint.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nvfp4bench::report {

enum class Paint { plain, bold, dim, green, yellow, red };

/// `text` in that paint; unchanged if `color` is false.
std::string painted(std::string_view text, Paint paint, bool color);

/// Columns that UTF-8 text takes, one a code point.
int display_width(std::string_view text);

/// `text` broken at spaces so that no line exceeds `width` columns, each line after `indent` spaces. A word
/// longer than a line stays whole, and a number keeps its unit. Line breaks in `text` are kept. Ends with a
/// newline unless empty.
std::string wrap(std::string_view text, int width, int indent = 0);

/// Longer lines are hard to read, however wide the terminal.
inline constexpr int kWidestProse = 100;

/// `head`, then `text` from `column` on, wrapped there. Below the head where the head needs more room or `width` has
/// too little.
std::string hanging(std::string_view head, std::string_view text, int column, int width);

struct Column {
  std::string title;
  std::string unit;  // second header line
  bool left = false;
  int gap = 2;  // spaces before it
};

struct Cell {
  std::string text;
  Paint paint = Paint::plain;
};

/// An aligned table. A column in which no row says anything (empty or kAbsent) is left out.
class TextTable {
 public:
  explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}

  void add_row(std::vector<Cell> cells) { rows_.push_back({std::move(cells), {}}); }
  /// Text under the latest row, across all columns and wrapped.
  void add_note(std::string text) { rows_.push_back({{}, std::move(text)}); }
  /// Leaves that column out, whatever it holds.
  void drop_column(std::string_view title);
  int width() const;

  /// Every line after two spaces, notes after four and within `width` columns. A table that is wider is stacked:
  /// under the first cell of a row, the others with their titles, as many to a line as fit.
  std::string render(bool color, int width) const;

 private:
  struct Row {
    std::vector<Cell> cells;  // empty: a note
    std::string note;
  };
  std::vector<int> column_widths() const;  // 0: left out
  std::string aligned(bool color, int width) const;
  std::string stacked(bool color, int width) const;
  std::string stacked_row(const Row& row, bool color, int width) const;

  std::vector<Column> columns_;
  std::vector<Row> rows_;
};

}  // namespace nvfp4bench::report
