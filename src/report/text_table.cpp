#include "report/text_table.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "report/format.hpp"

namespace nvfp4bench::report {
namespace {

constexpr int kIndent = 2;
constexpr int kNoteIndent = 4;

std::string_view escape_code(Paint paint) {
  switch (paint) {
    case Paint::plain:
      return "";
    case Paint::bold:
      return "\x1b[1m";
    case Paint::dim:
      return "\x1b[2m";
    case Paint::green:
      return "\x1b[32m";
    case Paint::yellow:
      return "\x1b[33m";
    case Paint::red:
      return "\x1b[31m";
  }
  return "";
}

void trim_end(std::string& line) { line.erase(line.find_last_not_of(' ') + 1); }

void pad_to(std::string& line, int spaces) {
  line.append(static_cast<std::size_t>(std::max(0, spaces)), ' ');
}

/// Where the first line break opportunity is: a number keeps its unit.
std::size_t end_of_word(std::string_view text) {
  std::size_t end = std::min(text.find_first_of(" \n"), text.size());
  const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0; };
  while (end > 0 && std::isdigit(at(end - 1)) && at(end) == ' ' &&
         (std::isalpha(at(end + 1)) || at(end + 1) == '%')) {
    end = std::min(text.find_first_of(" \n", end + 1), text.size());
  }
  return end;
}

}  // namespace

std::string painted(std::string_view text, Paint paint, bool color) {
  if (!color || paint == Paint::plain || text.empty()) return std::string(text);
  return fmt::format("{}{}\x1b[0m", escape_code(paint), text);
}

int display_width(std::string_view text) {
  return static_cast<int>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string wrap(std::string_view text, int width, int indent) {
  std::string out;
  std::string line;
  const auto flush = [&] {
    if (!line.empty()) {
      pad_to(out, indent);
      out += line;
    }
    out += '\n';
    line.clear();
  };
  while (!text.empty()) {
    const std::size_t end = end_of_word(text);
    const std::string_view word = text.substr(0, end);
    if (!line.empty() && indent + display_width(line) + 1 + display_width(word) > width) flush();
    if (!line.empty() && !word.empty()) line += ' ';
    line += word;
    const bool line_break = end < text.size() && text[end] == '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line_break) flush();
  }
  if (!line.empty()) flush();
  return out;
}

std::string hanging(std::string_view head, std::string_view text, int column, int width) {
  std::string out(head);
  trim_end(out);
  if (text.empty()) return out + '\n';
  if (out.empty() && width < 2 * column) return wrap(text, width, kNoteIndent);
  if (display_width(out) >= column || width < 2 * column) return out + '\n' + wrap(text, width, kNoteIndent);
  pad_to(out, column - display_width(out));
  return out + wrap(text, width, column).substr(static_cast<std::size_t>(column));
}

void TextTable::drop_column(std::string_view title) {
  const auto found =
      std::find_if(columns_.begin(), columns_.end(), [&](const Column& c) { return c.title == title; });
  if (found == columns_.end()) return;
  const auto index = found - columns_.begin();
  columns_.erase(found);
  for (Row& row : rows_) {
    if (index < std::ssize(row.cells)) row.cells.erase(row.cells.begin() + index);
  }
}

std::vector<int> TextTable::column_widths() const {
  std::vector<int> widths(columns_.size(), 0);
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    bool says_something = false;
    int widest = std::max(display_width(columns_[i].title), display_width(columns_[i].unit));
    for (const Row& row : rows_) {
      if (i >= row.cells.size()) continue;
      const std::string& text = row.cells[i].text;
      says_something |= !text.empty() && text != kAbsent;
      widest = std::max(widest, display_width(text));
    }
    if (says_something) widths[i] = widest;
  }
  return widths;
}

int TextTable::width() const {
  const std::vector<int> widths = column_widths();
  int total = kIndent;
  bool first = true;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    if (widths[i] == 0) continue;
    total += widths[i] + (first ? 0 : columns_[i].gap);
    first = false;
  }
  return total;
}

std::string TextTable::render(bool color, int width) const {
  return this->width() <= width ? aligned(color, width) : stacked(color, width);
}

std::string TextTable::stacked(bool color, int width) const {
  std::string out;
  for (const Row& row : rows_) {
    out += row.cells.empty() ? wrap(row.note, width, kNoteIndent) : stacked_row(row, color, width);
  }
  return out;
}

std::string TextTable::stacked_row(const Row& row, bool color, int width) const {
  constexpr int kMoreIndent = 6;
  constexpr int kGap = 2;
  std::string out(kIndent, ' ');
  int used = kIndent;
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    const Cell& cell = row.cells[i];
    if (i > 0 && (cell.text.empty() || cell.text == kAbsent)) continue;
    const Column& column = columns_[i];
    // What a name in the first column is needs no title; what a number is does.
    std::string title = i == 0 && column.left ? "" : column.title + ' ';
    if (!title.empty() && !column.unit.empty()) title += column.unit + ' ';
    const int size = display_width(title) + display_width(cell.text);
    if (i > 0 && used + kGap + size > width) {
      out += '\n';
      pad_to(out, kMoreIndent);
      used = kMoreIndent;
    } else if (i > 0) {
      pad_to(out, kGap);
      used += kGap;
    }
    out += painted(title, Paint::dim, color) + painted(cell.text, cell.paint, color);
    used += size;
  }
  return out + '\n';
}

std::string TextTable::aligned(bool color, int width) const {
  const std::vector<int> widths = column_widths();
  const auto line_of = [&](const auto& cell_at) {
    std::string line(kIndent, ' ');
    bool first = true;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (widths[i] == 0) continue;
      const Cell cell = cell_at(i);
      const int padding = widths[i] - display_width(cell.text);
      pad_to(line, first ? 0 : columns_[i].gap);
      if (!columns_[i].left) pad_to(line, padding);
      line += painted(cell.text, cell.paint, color);
      if (columns_[i].left) pad_to(line, padding);
      first = false;
    }
    trim_end(line);
    return line.empty() ? line : line + '\n';
  };
  std::string out = line_of([&](std::size_t i) { return Cell{columns_[i].title, Paint::dim}; });
  out += line_of([&](std::size_t i) { return Cell{columns_[i].unit, Paint::dim}; });
  for (const Row& row : rows_) {
    if (row.cells.empty()) {
      out += wrap(row.note, width, kNoteIndent);
    } else {
      out += line_of([&](std::size_t i) { return i < row.cells.size() ? row.cells[i] : Cell{}; });
    }
  }
  return out;
}

}  // namespace nvfp4bench::report
