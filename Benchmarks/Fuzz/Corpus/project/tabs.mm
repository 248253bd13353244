jobs  (incl. supersource/sink ):	3
RESOURCES
- renewable                 : 2 R
- nonrenewable              : 0 N
- doubly constrained        : 0 D
****
PRECEDENCE RELATIONS:
jobnr.    #modes  #successors   successors
1	1	1		2 
2	1	1		3 
3	1	0	
****
REQUESTS/DURATIONS
jobnr.	mode	dur	R1	R2	
----
1	1	0	0	0	
2	1	5	3	1	
3	1	0	0	0	
****
 RESOURCE AVAILABILITIES 
	R 1	R 2
	4	3

****
