// SPDX-License-Identifier: Apache-2.0
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.File;
import java.io.IOException;

/** Prints the Java of a notebook's code cells, for jshell; lines that begin with % speak to the kernel. Argument: the file. */
final class Cells {
    public static void main(String[] args) throws IOException {
        try (JsonParser in = new JsonFactory().createParser(new File(args[0]))) {
            boolean code = false;
            for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
                if (token != JsonToken.FIELD_NAME) {
                    continue;
                }
                String name = in.currentName();
                in.nextToken();
                if (name.equals("cell_type")) {
                    code = in.getText().equals("code");
                } else if (name.equals("source") && code) {
                    while (in.nextToken() != JsonToken.END_ARRAY) {
                        String line = in.getText();
                        System.out.print(line.startsWith("%") ? "" : line);
                    }
                    System.out.println();
                }
            }
        }
    }
}
