-- why: compressing the rows of profiles that are a little larger than 2 kB took a tenth of the server's time under load.

-- Most rows fit into half a page as they are; larger ones are still compressed and moved out.
alter table profile set (toast_tuple_target = 4080);
