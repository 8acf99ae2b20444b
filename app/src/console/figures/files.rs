//! The figures as files: comma-separated for programs, a workbook for people.

use rust_xlsxwriter::{Format, Workbook, XlsxError};

use super::tables::Table;

/// One line a number: figure, row, column, value. Begins with a byte order mark, so that spreadsheets read the letters.
pub fn csv(tables: &[Table]) -> String {
    let mut lines = String::from("\u{FEFF}figure,row,column,value\r\n");
    for table in tables {
        for row in &table.rows {
            for (column, cell) in table.columns.iter().zip(&row.cells) {
                let line = [table.code, &row.label, column, &cell.value].map(quoted).join(",");
                lines.push_str(&line);
                lines.push_str("\r\n");
            }
        }
    }
    lines
}

/// A field (RFC 4180). What a spreadsheet would take for a formula is kept from being one.
fn quoted(field: &str) -> String {
    let is_formula = field.starts_with(['=', '+', '-', '@', '\t', '\r']);
    format!("\"{}{}\"", if is_formula { "'" } else { "" }, field.replace('"', "\"\""))
}

/// A workbook (Office Open XML, ECMA-376): a sheet a figure, numbers as numbers. No cell is a formula: words are written as
/// words.
pub fn workbook(tables: &[Table], is_right_to_left: bool) -> Result<Vec<u8>, XlsxError> {
    let (mut workbook, head) = (Workbook::new(), Format::new().set_bold());
    for table in tables {
        let sheet = workbook.add_worksheet();
        sheet.set_name(table.code)?.set_right_to_left(is_right_to_left);
        sheet.write_string_with_format(0, 0, &table.title, &head)?;
        let heads = std::iter::once(&table.label).chain(&table.columns);
        for (column, words) in (0..).zip(heads) {
            sheet.write_string_with_format(1, column, words, &head)?;
        }
        for (line, row) in (2..).zip(&table.rows) {
            sheet.write_string(line, 0, &row.label)?;
            for (column, cell) in (1..).zip(&row.cells) {
                match cell.value.parse::<f64>() {
                    Ok(number) => sheet.write_number(line, column, number)?,
                    Err(_) => sheet.write_string(line, column, &cell.value)?,
                };
            }
        }
        sheet.set_freeze_panes(2, 1)?.autofit();
    }
    workbook.save_to_buffer()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_never_a_formula() {
        assert_eq!(quoted("=1+1"), "\"'=1+1\"");
        assert_eq!(quoted("a \"b\", c"), "\"a \"\"b\"\", c\"");
    }
}
